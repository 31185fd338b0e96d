using System.Numerics;

namespace Graft.Kernels.Quant;

/// <summary>1 / sqrt(x) of whole numbers in fixed point, bit for bit the reference's: five Newton steps in Q3.28.</summary>
internal static class InverseSqrt
{
    // 3/2 as Q3.28, sqrt(1/2) as Q0.31.
    private const int ThreeHalves = (1 << 28) + (1 << 27);
    private const int RootOfHalf = 1518500250;

    /// <summary>Zero counts as one: callers divide by a norm that may vanish.</summary>
    public static QuantizedMultiplier Of(int x)
    {
        if (x <= 1) return new(int.MaxValue, 0);
        // x is brought into [2^27, 2^29) by pairs of bits, each of which halves or doubles the root.
        int shift = 11;
        for (; x >= 1 << 29; shift++) x /= 4;
        int pairs = (BitOperations.LeadingZeroCount((uint)x) - 1) / 2 - 1;
        shift -= pairs;
        x <<= 2 * pairs;
        int half = FixedPoint.DivideByPot(x >> 1, 1);
        int root = 1 << 28;
        for (int step = 0; step < 5; step++)
        {
            // A product of two Q3 numbers is Q6, of three Q9; each shift brings it back to Q3.
            int cube = FixedExp.SaturatingShift(FixedPoint.HighMul(FixedPoint.HighMul(root, root), root), 6);
            root = FixedExp.SaturatingShift(FixedPoint.HighMul(ThreeHalves, root) - FixedPoint.HighMul(half, cube), 3);
        }
        root = FixedPoint.HighMul(root, RootOfHalf);
        if (shift >= 0) return new(root, -shift);
        return new(root << -shift, 0);
    }
}
