using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>e^x in double lanes, relative error below 2^-40, for results that become floats: arguments are cut to [-160, 100].</summary>
internal static class ExpLanes
{
    public const double Lowest = -160, Highest = 100;
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
        // e^r on |r| <= 1.001 ln(2)/2, relative: 7.8e-13.
        D low = Polynomial.Of(r, 0.99999999999976, 0.999999999980469, 0.5000000000623178, 0.1666666688675374);
        D high = Polynomial.Of(r, 0.04166666420536036, 0.008333266767815265, 0.0013889179803825433, 0.00019915569801166384, 2.472706736966084e-05);
        D square = r * r;
        D p = D.MulAddEstimate(high, square * square, low);
        // The low bits of the magic number are clear: the shift leaves those of the whole number.
        return D.AddBits(p, D.ShiftLeft(shifted, MantissaBits));
    }

    /// <summary>Arguments of <see cref="OfCut"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cut<V>(V x) where V : unmanaged, ISimd<V, float> => V.Min(V.Splat((float)Highest), V.Max(V.Splat((float)Lowest), x));
}
