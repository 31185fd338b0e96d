using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>What cutting the quotient of two floats towards zero leaves, as C's fmod, exactly: it has the dividend's sign.</summary>
internal readonly struct CutRemainderFn : IDoubleFn
{
    // Below it the quotient of two floats is cut right although it was rounded, and its product with the divisor is exact.
    private const double QuotientMax = 1 << 28;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Apply<D>(D a, D b) where D : unmanaged, ISimd<D, double>
    {
        D infinity = D.Splat(double.PositiveInfinity), quotient = a / b, size = D.Abs(quotient), sign = D.Splat(-0.0);
        D rest = D.Abs(a - (D.Truncate(quotient) * b)) | (a & sign);
        rest = D.Select(D.Equal(D.Abs(b), infinity) & D.Less(D.Abs(a), infinity), a, rest);
        D isLarge = D.LessOrEqual(D.Splat(QuotientMax), size) & D.Less(size, infinity);
        return D.IsZero(isLarge) ? rest : PerLane(a, b, isLarge, rest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static D PerLane<D>(D a, D b, D isLarge, D others) where D : unmanaged, ISimd<D, double>
    {
        D slow = default;
        // In bounds: Count doubles of local vectors.
        ref double x = ref Unsafe.As<D, double>(ref a), y = ref Unsafe.As<D, double>(ref b), to = ref Unsafe.As<D, double>(ref slow);
        for (int i = 0; i < D.Count; i++) Unsafe.Add(ref to, i) = Unsafe.Add(ref x, i) % Unsafe.Add(ref y, i);
        return D.Select(isLarge, slow, others);
    }
}

/// <summary>What rounding the quotient of two floats down leaves: it has the divisor's sign, and is 0 of whole numbers divided by -1.</summary>
internal readonly struct FloorRemainderFn : IDoubleFn
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Apply<D>(D a, D b) where D : unmanaged, ISimd<D, double>
    {
        D zero = default, rest = CutRemainderFn.Apply(a, b);
        D isOther = D.AndNot(D.Less(b, zero) ^ D.Less(rest, zero), D.Equal(rest, zero));
        D isWhole = D.Equal(b, D.Splat(-1)) & D.Equal(D.Truncate(a), a) & D.Less(D.Abs(a), D.Splat(double.PositiveInfinity));
        return D.Select(isWhole, zero, D.Select(isOther, rest + b, rest));
    }
}
