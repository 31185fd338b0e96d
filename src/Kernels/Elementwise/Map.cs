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
        if (length < step)
        {
            // In bounds: no more elements than there are.
            if (length > 0) V.StorePartial(fn.Apply(V.LoadPartial(ref from, 0, (int)length)), ref to, 0, (int)length);
            return;
        }
        // In bounds: i <= end, so that a vector fits. The last one ends with the span, and is read before what it shares with another is written.
        nuint end = length - step, i = 0;
        for (V x = V.Load(ref from, 0); ;)
        {
            nuint next = nuint.Min(i + step, end);
            V following = V.Load(ref from, next);
            V.Store(fn.Apply(x), ref to, i);
            if (i == end) return;
            (x, i) = (following, next);
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
