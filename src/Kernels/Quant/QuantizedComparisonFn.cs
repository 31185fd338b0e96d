using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// Compares quantised values of two scales: each is made relative to its zero point, shifted left by 8 and multiplied by its scale, which is
/// below one, with the reference's two roundings.
/// </summary>
internal readonly struct QuantizedComparisonFn<TComparison, T>(
    int zeroPointA, QuantizedMultiplier scaleA, int zeroPointB, QuantizedMultiplier scaleB) : IScalarFn<T, byte>, IWideBinaryFn
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I x = FixedPointLanes<TLanes, F, I>.MultiplySmallerThanOne(I.ShiftLeft(a - I.Splat(zeroPointA), LeftShift), scaleA);
        I y = FixedPointLanes<TLanes, F, I>.MultiplySmallerThanOne(I.ShiftLeft(b - I.Splat(zeroPointB), LeftShift), scaleB);
        return TComparison.Test<I, int>(x, y) & I.Splat(1);
    }
}
