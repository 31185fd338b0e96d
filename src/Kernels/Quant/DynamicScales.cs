using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// Scales and zero points of rows from their extremes, as the reference calculates them, a lane for each row. Symmetric: max|x| / 127.
/// Asymmetric: [min(x, 0), max(x, 0)] onto [-128, 127], in double precision, with a nudged zero point. A row of zeros has scale 1 and zero point 0.
/// </summary>
internal static class DynamicScales
{
    /// <summary>The greatest number below one half: added and cut, it rounds halves away from zero and nothing else.</summary>
    private const double BelowHalf = 0.49999999999999994;

    /// <param name="low">The least element of each row.</param>
    /// <param name="high">The greatest.</param>
    /// <param name="asymmetric">Whether there is a zero point.</param>
    /// <param name="scales">The scales.</param>
    /// <param name="zeroPoints">The zero points, whole numbers.</param>
    /// <param name="factors">What elements are multiplied by.</param>
    public static void Run(ReadOnlySpan<float> low, ReadOnlySpan<float> high, bool asymmetric, Span<float> scales, Span<float> zeroPoints, Span<float> factors)
    {
        foreach (int length in (ReadOnlySpan<int>)[high.Length, scales.Length, zeroPoints.Length, factors.Length]) Lengths.MustMatch(low.Length, length);
        var action = new Action { Low = low, High = high, Asymmetric = asymmetric, Scales = scales, ZeroPoints = zeroPoints, Factors = factors };
        Isa.DispatchHalves(ref action);
    }

    private ref struct Action : IHalvesAction
    {
        public required ReadOnlySpan<float> Low, High;
        public required bool Asymmetric;
        public required Span<float> Scales, ZeroPoints, Factors;

        // In bounds: whole vectors, then as many lanes as are left, of spans of one length.
        public readonly void Invoke<L, F, D>()
            where L : unmanaged, IHalves<F, D>
            where F : unmanaged, ISimd<F, float>
            where D : unmanaged, ISimd<D, double>
        {
            ref float low = ref MemoryMarshal.GetReference(Low), high = ref MemoryMarshal.GetReference(High), scales = ref MemoryMarshal.GetReference(Scales);
            ref float zeroPoints = ref MemoryMarshal.GetReference(ZeroPoints), factors = ref MemoryMarshal.GetReference(Factors);
            for (int i = 0; i < Low.Length; i += F.Count)
            {
                nuint at = (nuint)i;
                int count = Math.Min(F.Count, Low.Length - i);
                bool whole = count == F.Count;
                F least = whole ? F.Load(ref low, at) : F.LoadPartial(ref low, at, count), greatest = whole ? F.Load(ref high, at) : F.LoadPartial(ref high, at, count);
                var (scale, zero, factor) = Asymmetric ? Affine<L, F, D>(least, greatest) : Symmetric(least, greatest);
                if (whole)
                {
                    F.Store(scale, ref scales, at);
                    F.Store(zero, ref zeroPoints, at);
                    F.Store(factor, ref factors, at);
                    continue;
                }
                F.StorePartial(scale, ref scales, at, count);
                F.StorePartial(zero, ref zeroPoints, at, count);
                F.StorePartial(factor, ref factors, at, count);
            }
        }
    }

    private static (F Scale, F ZeroPoint, F Factor) Symmetric<F>(F low, F high) where F : unmanaged, ISimd<F, float>
    {
        F one = F.Splat(1), limit = F.Splat(127), range = F.Max(F.Abs(low), F.Abs(high)), empty = F.Equal(range, F.Splat(0));
        return (F.Select(empty, one, range / limit), F.Splat(0), F.Select(empty, one, limit / range));
    }

    private static (F Scale, F ZeroPoint, F Factor) Affine<L, F, D>(F low, F high)
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double>
    {
        // A NaN stays one: Min and Max return their second operand.
        F one = F.Splat(1), none = F.Splat(0), min = F.Min(none, low), max = F.Max(none, high), range = max - min, empty = F.Equal(min, max);
        var (lowerScale, lowerZero) = Affine(L.Lower(min), L.Lower(max), L.Lower(range));
        var (upperScale, upperZero) = Affine(L.Upper(min), L.Upper(max), L.Upper(range));
        F scale = L.Join(lowerScale, upperScale);
        return (F.Select(empty, one, scale), F.AndNot(L.Join(lowerZero, upperZero), empty), F.Select(empty, one, one / scale));
    }

    // The range is a float difference, as in the reference.
    private static (D Scale, D ZeroPoint) Affine<D>(D min, D max, D range) where D : unmanaged, ISimd<D, double>
    {
        D least = D.Splat(-128), greatest = D.Splat(127), scale = range / D.Splat(255), lower = min / scale, upper = max / scale;
        D byMin = D.Less(D.Splat(128) + D.Abs(lower), greatest + D.Abs(upper));
        D exact = D.Select(byMin, least - lower, greatest - upper);
        D half = D.Select(D.Less(exact, D.Splat(0)), D.Splat(-BelowHalf), D.Splat(BelowHalf));
        D zeroPoint = D.Max(least, D.Min(greatest, D.Truncate(exact + half)));
        return (scale, D.Select(D.Equal(exact, exact), zeroPoint, D.Splat(0)));
    }
}
