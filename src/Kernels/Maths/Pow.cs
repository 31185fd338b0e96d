using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>
/// a^b, special values as C's pow: e^(b log|a|) in double lanes, rounded once. That is the nearest float, but for about one result in 10^4,
/// which is the other one next to the exact value.
/// </summary>
internal readonly struct PowFn : IDoubleFn
{
    public const double UlpMax = 0.501;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D Apply<D>(D a, D b) where D : unmanaged, ISimd<D, double>
    {
        D zero = default, one = D.Splat(1), infinity = D.Splat(double.PositiveInfinity), size = D.Abs(a);
        D power = ExpLanes.Of(b * LogLanes.Of(size));
        D half = b * D.Splat(0.5), isWhole = D.Equal(D.Truncate(b), b), isOdd = D.AndNot(isWhole, D.Equal(D.Truncate(half), half));
        D hasNone = D.AndNot(D.Less(a, zero) & D.Less(size, infinity), isWhole);
        power = D.Select(hasNone, D.Splat(double.NaN), power | (isOdd & a & D.Splat(-0.0)));
        D isOne = D.Equal(b, zero) | D.Equal(a, one) | (D.Equal(size, one) & D.Equal(D.Abs(b), infinity));
        return D.Select(isOne, one, power);
    }
}

/// <summary>a^b of whole numbers: wrapping products; 1 for negative exponents, which are the caller's to refuse.</summary>
internal readonly struct IntegerPowFn : IBinaryFn<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, int>
    {
        V one = V.Splat(1), power = one;
        for (V rest = V.Max(b, V.Splat(0)); !V.IsZero(rest); rest = V.ShiftRightLogical(rest, 1))
        {
            power = V.Select(V.Equal(rest & one, one), power * a, power);
            a *= a;
        }
        return power;
    }
}

/// <summary>The loops over powers; exponents that are one constant have functions of their own, to the same bits.</summary>
internal static class Pow
{
    public static void Apply(in BroadcastShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> output)
    {
        bool isRun = b.Length == 1 && shape.Rank == 1 && shape.Stride(0, 0) == 1;
        if (!isRun) Zip.Apply<ThroughDoubles<PowFn>, float>(shape, a, b, output);
        else Apply(a[..(int)shape.Count], b[0], output[..(int)shape.Count]);
    }

    /// <summary>One exponent for all.</summary>
    public static void Apply(ReadOnlySpan<float> a, float b, Span<float> output)
    {
        if (b == 2) Map.Apply<SquareFn<float>, float>(a, output);
        else if (b == 0.5f) Map.Apply<RootFn, float>(a, output);
        else Map.Apply<OfExponent, float>(new OfExponent(b), a, output);
    }

    public static void Apply(in BroadcastShape shape, ReadOnlySpan<int> a, ReadOnlySpan<int> b, Span<int> output) =>
        Zip.Apply<IntegerPowFn, int>(shape, a, b, output);

    /// <summary>The square root, but 0 and infinity where that has the negative zero and NaN.</summary>
    private readonly struct RootFn : IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
        {
            V infinity = V.Splat(float.PositiveInfinity);
            return V.Select(V.Equal(V.Abs(x), infinity), infinity, V.Sqrt(x) + V.Splat(0));
        }
    }

    private readonly struct OfExponent(float exponent) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => ThroughDoubles<PowFn>.Apply(x, V.Splat(exponent));
    }
}
