using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>A function of one exponential, with float arithmetic around it that is rounded at each step.</summary>
internal interface IExpFn
{
    public static abstract V Argument<V>(V x) where V : unmanaged, ISimd<V, float>;

    /// <summary>Lanes that need the general form: the others have the same results from <see cref="UsualArgument"/> and <see cref="UsualResult"/>.</summary>
    public static abstract V IsUnusual<V>(V x) where V : unmanaged, ISimd<V, float>;

    /// <summary>Within what <see cref="ExpLanes.Cut"/> leaves.</summary>
    public static abstract V UsualArgument<V>(V x) where V : unmanaged, ISimd<V, float>;

    public static abstract V UsualResult<V>(V x, V exponential) where V : unmanaged, ISimd<V, float>;

    /// <summary>The function's value for x, given the exponential of its argument as a float.</summary>
    public static abstract V Result<V>(V x, V exponential) where V : unmanaged, ISimd<V, float>;
}

/// <summary>
/// The loop over functions of one exponential, which is calculated in double lanes and rounded once, as <see cref="IPlainFn"/> says; what is around
/// it, in float lanes. Input and output may be one span.
/// </summary>
internal static class ExpMap
{
    public static void Apply<TFn>(ReadOnlySpan<float> input, Span<float> output) where TFn : struct, IExpFn
    {
        var action = new Loop<TFn>(input, output);
        Isa.DispatchHalves(ref action);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TFn, L, F, D>(ReadOnlySpan<float> input, Span<float> output)
        where TFn : struct, IExpFn
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double>
    {
        Lengths.MustMatch(input.Length, output.Length);
        ref float from = ref MemoryMarshal.GetReference(input);
        ref float to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)input.Length, step = (nuint)F.Count, i = 0;
        // In bounds: i + step <= length, which both spans have; then as many elements as are left.
        for (; i + step <= length; i += step) F.Store(Of<TFn, L, F, D>(F.Load(ref from, i)), ref to, i);
        if (i == length) return;
        int count = (int)(length - i);
        F.StorePartial(Of<TFn, L, F, D>(F.LoadPartial(ref from, i, count)), ref to, i, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Of<TFn, L, F, D>(F x)
        where TFn : struct, IExpFn
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double>
    {
        return F.IsZero(TFn.IsUnusual(x)) ? TFn.UsualResult(x, Exponential<L, F, D>(TFn.UsualArgument(x))) : TFn.Result(x, Exponential<L, F, D>(ExpLanes.Cut(TFn.Argument(x))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Exponential<L, F, D>(F argument)
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double> => L.Join(ExpLanes.OfCut(L.Lower(argument)), ExpLanes.OfCut(L.Upper(argument)));

    private readonly ref struct Loop<TFn>(ReadOnlySpan<float> input, Span<float> output) : IHalvesAction where TFn : struct, IExpFn
    {
        private readonly ReadOnlySpan<float> _input = input;
        private readonly Span<float> _output = output;

        public void Invoke<L, F, D>()
            where L : unmanaged, IHalves<F, D>
            where F : unmanaged, ISimd<F, float>
            where D : unmanaged, ISimd<D, double> => Run<TFn, L, F, D>(_input, _output);
    }
}
