using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>e^x in double lanes, relative error below 2^-45, for results that become floats: arguments are cut to [-160, 100].</summary>
internal static class ExpLanes
{
    private const double Lowest = -160, Highest = 100;
    private const double Log2E = 1.4426950408889634;

    private const double Ln2 = 0.6931471805599453;

    // 1.5 * 2^52: adding it rounds to a whole number and leaves that number in the low bits.
    private const double RoundingMagic = 6755399441055744.0;
    private const int MantissaBits = 52;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Of<D>(D x) where D : unmanaged, ISimd<D, double> => OfCut(D.Min(D.Splat(Highest), D.Max(D.Splat(Lowest), x)));

    /// <summary>The same of arguments that are cut already, see <see cref="Cut"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D OfCut<D>(D x) where D : unmanaged, ISimd<D, double>
    {
        D magic = D.Splat(RoundingMagic);
        D shifted = D.MulAddEstimate(x, D.Splat(Log2E), magic);
        D n = shifted - magic;
        D r = D.MulAddEstimate(n, D.Splat(-Ln2), x);
        // e^r on |r| <= 1.001 ln(2)/2, relative: 1.4e-14.
        D low = Polynomial.Of(r, 1.0000000000000129, 0.9999999999998916, 0.49999999999453865, 0.166666666678366, 0.041666667034561504);
        D high = Polynomial.Of(r, 0.008333333000669553, 0.001388880249735048, 0.00019841597957631196, 2.488416971102616e-05, 2.748192286834548e-06);
        D square = r * r;
        D p = D.MulAddEstimate(high, square * square * r, low);
        return D.AddBits(p, D.ShiftLeft(D.SubtractBits(shifted, magic), MantissaBits));
    }

    /// <summary>Arguments of <see cref="OfCut"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cut<V>(V x) where V : unmanaged, ISimd<V, float> => V.Min(V.Splat((float)Highest), V.Max(V.Splat((float)Lowest), x));
}
