using System.Numerics;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Quant;

/// <summary>
/// Compares quantised values of two scales: each is made relative to its zero point, shifted left by 8 and multiplied by its scale, which is
/// below one, with the reference's two roundings.
/// </summary>
internal readonly struct QuantizedComparisonFn<TComparison, T>(
    int zeroPointA, QuantizedMultiplier scaleA, int zeroPointB, QuantizedMultiplier scaleB) : IScalarFn<T, byte>
    where TComparison : struct, IComparison
    where T : unmanaged, IBinaryInteger<T>
{
    private const int LeftShift = 8;

    public byte Apply(T a, T b)
    {
        int x = FixedPoint.MultiplySmallerThanOne((int.CreateTruncating(a) - zeroPointA) << LeftShift, scaleA);
        int y = FixedPoint.MultiplySmallerThanOne((int.CreateTruncating(b) - zeroPointB) << LeftShift, scaleB);
        return TComparison.Test(x, y) ? (byte)1 : (byte)0;
    }
}
