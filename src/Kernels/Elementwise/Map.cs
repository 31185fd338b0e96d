using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>A function of one element, written once for every width.</summary>
internal interface IUnaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    public static abstract V Apply<V>(V x) where V : unmanaged, ISimd<V, T>;
}

/// <summary>The same, with attributes (alpha, bounds) held by the struct.</summary>
internal interface IUnaryClosure<T> where T : unmanaged, IBinaryNumber<T>
{
    public V Apply<V>(V x) where V : unmanaged, ISimd<V, T>;
}

/// <summary>
/// The unary loop: output[i] = fn(input[i]). Lanes do not see each other, so the result is the same at every width,
/// length and position. Input and output may be the same span, but may not overlap otherwise.
/// </summary>
internal static class Map
{
    public static void Apply<TFn, T>(ReadOnlySpan<T> input, Span<T> output)
        where TFn : struct, IUnaryFn<T>
        where T : unmanaged, IBinaryNumber<T> =>
        Apply(default(Stateless<TFn, T>), input, output);

    public static void Apply<TFn, T>(TFn fn, ReadOnlySpan<T> input, Span<T> output)
        where TFn : struct, IUnaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        if (Isa.Current == VectorWidth.V512) Run<TFn, T, V512<T>>(fn, input, output);
        else if (Isa.Current == VectorWidth.V256) Run<TFn, T, V256<T>>(fn, input, output);
        else if (Isa.Current == VectorWidth.V128) Run<TFn, T, V128<T>>(fn, input, output);
        else Run<TFn, T, Scalar<T>>(fn, input, output);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TFn, T, V>(TFn fn, ReadOnlySpan<T> input, Span<T> output)
        where TFn : struct, IUnaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        ref T from = ref MemoryMarshal.GetReference(input);
        ref T to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)input.Length;
        nuint step = (nuint)V.Count;
        nuint i = 0;
        // In bounds: i + step <= length, which both spans have.
        for (; i + step <= length; i += step) V.Store(fn.Apply(V.Load(ref from, i)), ref to, i);
        if (i < length) Tail<TFn, T, V>(fn, ref from, ref to, i, length);
    }

    [MethodImpl(Jit.Loop)]
    private static void Tail<TFn, T, V>(TFn fn, ref T from, ref T to, nuint start, nuint length)
        where TFn : struct, IUnaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        // In bounds: count elements from i end at length or before it.
        for (nuint i = start; i < length; i += (nuint)V.Count)
        {
            int count = (int)nuint.Min((nuint)V.Count, length - i);
            bool whole = count == V.Count;
            V x = fn.Apply(whole ? V.Load(ref from, i) : V.LoadPartial(ref from, i, count));
            if (whole) V.Store(x, ref to, i);
            else V.StorePartial(x, ref to, i, count);
        }
    }

    /// <summary>A function without attributes, as a closure.</summary>
    internal readonly struct Stateless<TFn, T> : IUnaryClosure<T>
        where TFn : struct, IUnaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => TFn.Apply(x);
    }
}
