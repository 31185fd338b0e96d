using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>Conversions of one-lane vectors; contracts in <see cref="ILanes{F, I}"/>.</summary>
internal readonly struct LanesScalar : ILanes<Scalar<float>, Scalar<int>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> BitsOf(Scalar<float> a) => new(BitConverter.SingleToInt32Bits(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<float> FromBits(Scalar<int> a) => new(BitConverter.Int32BitsToSingle(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<float> ToFloat(Scalar<int> a) => new(a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> ToInt(Scalar<float> a) =>
        new(MathF.Abs(a.Value) < 2147483648f ? (int)a.Value : int.MinValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
        where TIn : unmanaged, IBinaryInteger<TIn> =>
        // In bounds: reads one element, which the caller guarantees.
        new(int.CreateTruncating(Unsafe.Add(ref Unsafe.AsRef(in origin), offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(Scalar<int> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut> =>
        // In bounds: writes one element, which the caller guarantees.
        Unsafe.Add(ref origin, offset) = TOut.CreateSaturating(v.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> MulHighRounded(Scalar<int> a, Scalar<int> b)
    {
        long high = (((long)a.Value * b.Value) + (1L << 30)) >> 31;
        return new((int)Math.Min(high, int.MaxValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> ScaleHigh(Scalar<int> a, Scalar<int> b) => MulHighRounded(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> ScaleDouble(Scalar<int> a, ref readonly double factors, nuint offset)
    {
        // In bounds: reads one factor, which the caller guarantees.
        double scaled = Math.Round(a.Value * Unsafe.Add(ref Unsafe.AsRef(in factors), offset), MidpointRounding.AwayFromZero);
        return new(scaled is >= int.MinValue and <= int.MaxValue ? (int)scaled : int.MinValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> ShiftRightArithmetic(Scalar<int> a, Scalar<int> counts) => new(a.Value >> counts.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<int> ShiftLeft(Scalar<int> a, Scalar<int> counts) => new(a.Value << counts.Value);
}
