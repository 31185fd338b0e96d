using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// A real function as the reference writes it, in double lanes: float arithmetic around functions of the C library, which are calculated
/// with a relative error below 2^-40 and rounded once. So they are the nearest float, but for about one argument in 10^5.
/// </summary>
internal interface IPlainFn
{
    /// <summary>The lanes of <paramref name="x"/> hold floats; those of the result are rounded when they are stored.</summary>
    public static abstract D Plain<L, D>(D x)
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double>;
}
