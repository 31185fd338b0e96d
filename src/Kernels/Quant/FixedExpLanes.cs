using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>Functions of <see cref="FixedExp"/> lane by lane, with the same bits.</summary>
internal static class FixedExpLanes<TLanes, F, I>
    where TLanes : unmanaged, ILanes<F, I>
    where F : unmanaged, ISimd<F, float>
    where I : unmanaged, ISimd<I, int>
{
    /// <summary>1 / (1 + x) as Q0.31 of x in [0, 1] as Q0.31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I ReciprocalOfOnePlus(I x)
    {
        I one = I.Splat(FixedExp.ReciprocalOne);
        // Half of x + (2^31 - 1), rounded up: neither is negative.
        I half = I.ShiftRightArithmetic(x, 1) + I.Splat(1 << 30);
        I y = I.Splat(FixedExp.ReciprocalLine0) + TLanes.MulHighRounded(half, I.Splat(FixedExp.ReciprocalLine1));
        for (int step = 0; step < FixedExp.ReciprocalSteps; step++)
        {
            I error = one - TLanes.MulHighRounded(half, y);
            y += SaturatingShift(TLanes.MulHighRounded(y, error), 2);
        }
        return SaturatingShift(y, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I SaturatingShift(I x, int bits)
    {
        int threshold = (1 << (31 - bits)) - 1;
        I shifted = I.ShiftLeft(x, bits);
        shifted = I.Select(I.Less(I.Splat(threshold), x), I.Splat(int.MaxValue), shifted);
        return I.Select(I.Less(x, I.Splat(-threshold)), I.Splat(int.MinValue), shifted);
    }
}
