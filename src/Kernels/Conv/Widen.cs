using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>Moves elements into the type that a product works in, without their zero point.</summary>
internal static class Widen
{
    /// <summary>output[i] = input[i] - zeroPoint, exact in the output type; for float the zero point is 0.</summary>
    public static void Subtract<TIn, TOut>(ReadOnlySpan<TIn> input, TIn zeroPoint, Span<TOut> output)
        where TIn : unmanaged, INumber<TIn>
        where TOut : unmanaged, INumber<TOut>
    {
        if (typeof(TIn) == typeof(TOut) && TIn.IsZero(zeroPoint))
        {
            input.CopyTo(MemoryMarshal.Cast<TOut, TIn>(output));
            return;
        }
        if (typeof(TIn) == typeof(sbyte) && typeof(TOut) == typeof(short))
        {
            Bytes(MemoryMarshal.Cast<TIn, sbyte>(input), short.CreateTruncating(zeroPoint), MemoryMarshal.Cast<TOut, short>(output));
            return;
        }
        if (typeof(TIn) == typeof(byte) && typeof(TOut) == typeof(short))
        {
            Bytes(MemoryMarshal.Cast<TIn, byte>(input), short.CreateTruncating(zeroPoint), MemoryMarshal.Cast<TOut, short>(output));
            return;
        }
        var zero = TOut.CreateTruncating(zeroPoint);
        for (int i = 0; i < input.Length; i++) output[i] = TOut.CreateTruncating(input[i]) - zero;
    }

    private static void Bytes<T>(ReadOnlySpan<T> input, short zeroPoint, Span<short> output) where T : unmanaged, IBinaryInteger<T>
    {
        if (Isa.Current == VectorWidth.V512) Bytes<Lanes512, V512<int>, V512<short>, T>(input, zeroPoint, output);
        else if (Isa.Current == VectorWidth.V256) Bytes<Lanes256, V256<int>, V256<short>, T>(input, zeroPoint, output);
        else if (Isa.Current == VectorWidth.V128) Bytes<Lanes128, V128<int>, V128<short>, T>(input, zeroPoint, output);
        else BytesFrom(0, input, zeroPoint, output);
    }

    // In bounds: whole vectors up to the last that fits, then single elements; output is at least as long as input.
    [MethodImpl(Jit.Loop)]
    private static void Bytes<L, I, S, T>(ReadOnlySpan<T> input, short zeroPoint, Span<short> output)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
        where T : unmanaged, IBinaryInteger<T>
    {
        output = output[..input.Length];
        int i = 0;
        S zero = S.Splat(zeroPoint);
        ref T source = ref MemoryMarshal.GetReference(input);
        ref short target = ref MemoryMarshal.GetReference(output);
        for (; i + S.Count <= input.Length; i += S.Count) S.Store(L.LoadWiden(in source, (nuint)i) - zero, ref target, (nuint)i);
        BytesFrom(i, input, zeroPoint, output);
    }

    private static void BytesFrom<T>(int i, ReadOnlySpan<T> input, short zeroPoint, Span<short> output) where T : unmanaged, IBinaryInteger<T>
    {
        for (; i < input.Length; i++) output[i] = (short)(int.CreateTruncating(input[i]) - zeroPoint);
    }
}
