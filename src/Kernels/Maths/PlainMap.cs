using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>The loop over functions in double lanes: output[i] = fn(input[i]). Input and output may be one span.</summary>
internal static class PlainMap
{
    public static void Apply<TFn>(ReadOnlySpan<float> input, Span<float> output) where TFn : struct, IPlainFn
    {
        var action = new Loop<TFn>(input, output);
        Isa.DispatchDoubles(ref action);
    }

    /// <summary>A function that has no form in double lanes.</summary>
    public static void OneByOne<TFn>(ReadOnlySpan<float> input, Span<float> output) where TFn : struct, IMathFn
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int i = 0; i < input.Length; i++) output[i] = TFn.Plain(input[i]);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TFn, L, D>(ReadOnlySpan<float> input, Span<float> output)
        where TFn : struct, IPlainFn
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double>
    {
        Lengths.MustMatch(input.Length, output.Length);
        ref float from = ref MemoryMarshal.GetReference(input);
        ref float to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)input.Length, step = (nuint)D.Count, i = 0;
        // In bounds: i + step <= length, which both spans have; the rest goes through a buffer of step floats.
        for (; i + step <= length; i += step) L.StoreFloats(TFn.Plain<L, D>(L.LoadFloats(ref from, i)), ref to, i);
        if (i == length) return;
        Span<float> rest = stackalloc float[D.Count];
        rest.Clear();
        input[(int)i..].CopyTo(rest);
        L.StoreFloats(TFn.Plain<L, D>(L.LoadFloats(ref rest[0], 0)), ref rest[0], 0);
        rest[..(int)(length - i)].CopyTo(output[(int)i..]);
    }

    private readonly ref struct Loop<TFn>(ReadOnlySpan<float> input, Span<float> output) : IDoublesAction where TFn : struct, IPlainFn
    {
        private readonly ReadOnlySpan<float> _input = input;
        private readonly Span<float> _output = output;

        public void Invoke<L, D>()
            where L : unmanaged, IDoubles<D>
            where D : unmanaged, ISimd<D, double> => Run<TFn, L, D>(_input, _output);
    }
}
