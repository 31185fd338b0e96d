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
        // The last vector ends with the span, and is read before what it shares with another is written.
        V last = length >= step ? V.Load(ref from, length - step) : V.LoadPartial(ref from, 0, (int)length);
        // In bounds: i + step <= length, which both spans have.
        for (; i + step <= length; i += step) V.Store(fn.Apply(V.Load(ref from, i)), ref to, i);
        if (i < length) Last<TFn, T, V>(fn, last, ref to, length);
    }

    // In bounds: a vector, or what there is, that ends with the span.
    [MethodImpl(Jit.Loop)]
    private static void Last<TFn, T, V>(TFn fn, V x, ref T to, nuint length)
        where TFn : struct, IUnaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        x = fn.Apply(x);
        if (length < (nuint)V.Count) V.StorePartial(x, ref to, 0, (int)length);
        else V.Store(x, ref to, length - (nuint)V.Count);
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
