using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>Activations as the left factors of an integer product.</summary>
internal static class LeftRow
{
    /// <summary>Bytes behind a row that <see cref="Convert"/> may write, so that it need not stop within a vector.</summary>
    public const int Slack = 64;

    /// <summary>The zero point that stays in the factors.</summary>
    public static int ZeroPoint<TIn>(LeftFactors kind, int zeroPoint) => kind switch
    {
        LeftFactors.UInt8 when typeof(TIn) == typeof(sbyte) => zeroPoint + 128,
        LeftFactors.Int8 when typeof(TIn) == typeof(byte) => zeroPoint - 128,
        LeftFactors.Int16 => 0,
        _ => zeroPoint,
    };

    public static int FactorBytes(LeftFactors kind) => kind == LeftFactors.Int16 ? sizeof(short) : 1;

    /// <summary>
    /// Writes the factors of <paramref name="count"/> activations from <paramref name="from"/> on, and up to <see cref="Slack"/> bytes more.
    /// 16-bit factors are 8- or 16-bit activations less their zero point; bytes are those of 8-bit ones.
    /// </summary>
    public static void Convert<TIn>(LeftFactors kind, ReadOnlySpan<TIn> input, int from, int count, TIn zeroPoint, Span<byte> output)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        Lengths.MustReach((long)from + count, input.Length);
        Lengths.MustReach(count * FactorBytes(kind) + Slack, output.Length);
        var source = input[from..];
        if (kind == LeftFactors.Int16) Shorts(source, count, zeroPoint, MemoryMarshal.Cast<byte, short>(output));
        else Bytes(MemoryMarshal.AsBytes(source), count, (typeof(TIn) == typeof(sbyte)) == (kind == LeftFactors.Int8) ? 0 : 0x80, output);
    }

    /// <summary>Writes <paramref name="count"/> factors that stand for zero.</summary>
    public static void Pad<TIn>(LeftFactors kind, int count, TIn zeroPoint, Span<byte> output) where TIn : unmanaged, IBinaryInteger<TIn> =>
        output[..(count * FactorBytes(kind))].Fill(kind == LeftFactors.Int16 ? (byte)0 : (byte)ZeroPoint<TIn>(kind, int.CreateTruncating(zeroPoint)));

    private static void Shorts<TIn>(ReadOnlySpan<TIn> input, int count, TIn zeroPoint, Span<short> output) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        if (Isa.Current == VectorWidth.V512) Shorts<Lanes512, V512<int>, V512<short>, TIn>(input, count, zeroPoint, output);
        else if (Isa.Current == VectorWidth.V256) Shorts<Lanes256, V256<int>, V256<short>, TIn>(input, count, zeroPoint, output);
        else if (Isa.Current == VectorWidth.V128) Shorts<Lanes128, V128<int>, V128<short>, TIn>(input, count, zeroPoint, output);
        else Rest(0, input, count, zeroPoint, output);
    }

    // In bounds: a vector is read only where the input has as many elements; Convert checked the output, which has room for one more vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shorts<L, I, S, TIn>(ReadOnlySpan<TIn> input, int count, TIn zeroPoint, Span<short> output)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        S zero = S.Splat(short.CreateTruncating(zeroPoint));
        ref TIn source = ref MemoryMarshal.GetReference(input);
        ref short target = ref MemoryMarshal.GetReference(output);
        int i = 0, readable = Math.Min(count, input.Length - S.Count + 1);
        for (; i < readable; i += S.Count) S.Store(L.LoadWiden(in source, (nuint)i) - zero, ref target, (nuint)i);
        Rest(i, input, count, zeroPoint, output);
    }

    private static void Rest<TIn>(int i, ReadOnlySpan<TIn> input, int count, TIn zeroPoint, Span<short> output) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        for (; i < count; i++) output[i] = (short)(int.CreateTruncating(input[i]) - int.CreateTruncating(zeroPoint));
    }

    private static void Bytes(ReadOnlySpan<byte> input, int count, int flipped, Span<byte> output)
    {
        if (flipped == 0)
        {
            input[..count].CopyTo(output);
            return;
        }
        if (Isa.Current == VectorWidth.V512) Bytes<V512<byte>>(input, count, (byte)flipped, output);
        else if (Isa.Current == VectorWidth.V256) Bytes<V256<byte>>(input, count, (byte)flipped, output);
        else if (Isa.Current == VectorWidth.V128) Bytes<V128<byte>>(input, count, (byte)flipped, output);
        else Bytes<Scalar<byte>>(input, count, (byte)flipped, output);
    }

    // In bounds: as Shorts.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Bytes<V>(ReadOnlySpan<byte> input, int count, byte flipped, Span<byte> output) where V : unmanaged, ISimd<V, byte>
    {
        V mask = V.Splat(flipped);
        ref byte source = ref MemoryMarshal.GetReference(input), target = ref MemoryMarshal.GetReference(output);
        int i = 0, readable = Math.Min(count, input.Length - V.Count + 1);
        for (; i < readable; i += V.Count) V.Store(V.Load(ref source, (nuint)i) ^ mask, ref target, (nuint)i);
        for (; i < count; i++) output[i] = (byte)(input[i] ^ flipped);
    }
}
