using Graft.Kernels.Quant;

namespace Graft.Ops.Recurrent;

/// <summary>Factors between the scales of a recurrent operator as fixed-point numbers.</summary>
internal static class CellFactor
{
    private const int ShiftMax = 30;

    /// <summary>The factor, which must be finite and, shifted left by <paramref name="extraShift"/> more, below 2^30.</summary>
    public static QuantizedMultiplier Of(in PrepareContext c, double real, int extraShift = 0)
    {
        c.Require(double.IsFinite(real), $"its scales make a factor of {real}");
        var factor = FixedPoint.Quantize(real);
        c.Require(factor.Shift + extraShift <= ShiftMax, $"its scales make a factor of {real}; it must be below 2^{ShiftMax - extraShift}");
        return factor;
    }
}
