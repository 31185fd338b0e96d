using System.Runtime.CompilerServices;

namespace Graft.Kernels.Simd;

/// <summary>
/// Between float lanes and half floats in memory; exact one way, rounded to nearest, ties to even, the other. NaN stays
/// NaN.
/// </summary>
internal static class HalfLanes<TLanes, F, I>
    where TLanes : unmanaged, ILanes<F, I>
    where F : unmanaged, ISimd<F, float>
    where I : unmanaged, ISimd<I, int>
{
    private const int SignBit = 0x8000;
    private const int MantissaShift = 23 - 10;

    // Exponents differ by 127 - 15 in bias; a product by this power moves normal and denormal halves alike, exactly.
    private const float BiasScale = 5.192296858534828e33f;

    // Bits of 2^-14, the least normal half, of 65536, which has no half, and of infinity.
    private const int LeastNormal = 0x38800000;
    private const int TooLarge = 0x47800000;
    private const int Infinity = 0x7F800000;

    // Bits of 1/2: its last place is the step of denormal halves, so adding it rounds to them.
    private const int Half = 0x3F000000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F ToFloat(I half)
    {
        I sign = I.ShiftLeft(half & I.Splat(SignBit), 16);
        I magnitude = I.ShiftLeft(half & I.Splat(SignBit - 1), MantissaShift);
        I scaled = TLanes.BitsOf(TLanes.FromBits(magnitude) * F.Splat(BiasScale));
        I special = I.LessOrEqual(I.Splat(0x7C00 << MantissaShift), magnitude);
        return TLanes.FromBits(I.Select(special, magnitude | I.Splat(Infinity), scaled) | sign);
    }

    /// <summary>Half bits in the lower 16 bits of each lane, zeros above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I FromFloat(F value)
    {
        I bits = TLanes.BitsOf(value);
        I sign = I.ShiftRightLogical(bits, 16) & I.Splat(SignBit);
        I magnitude = bits & I.Splat(int.MaxValue);
        // Adding just below half a step, and the last kept bit, rounds ties to even; a carry moves the exponent, also
        // to infinity.
        I last = I.ShiftRightLogical(magnitude, MantissaShift) & I.Splat(1);
        I rebias = I.Splat(((15 - 127) << 23) + (1 << (MantissaShift - 1)) - 1);
        I normal = I.ShiftRightLogical(magnitude + rebias + last, MantissaShift);
        I denormal = TLanes.BitsOf(TLanes.FromBits(magnitude) + F.Splat(0.5f)) - I.Splat(Half);
        I result = I.Select(I.Less(magnitude, I.Splat(LeastNormal)), denormal, normal);
        result = I.Select(I.LessOrEqual(I.Splat(TooLarge), magnitude), I.Splat(0x7C00), result);
        I nan = I.ShiftRightLogical(magnitude, MantissaShift) & I.Splat(0x1FF) | I.Splat(0x7E00);
        return I.Select(I.Less(I.Splat(Infinity), magnitude), nan, result) | sign;
    }
}
