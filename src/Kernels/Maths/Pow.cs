using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Maths;

/// <summary>
/// a^b through double arithmetic, element by element: within one unit in the last place, special values as C's pow.
/// </summary>
internal static class Pow
{
    public const double UlpMax = 1.0;

    public static float Of(float a, float b) => (float)Math.Pow(a, b);

    /// <summary>Whole numbers: wrapping products; a negative exponent is the caller's to refuse.</summary>
    public static int Of(int a, int b)
    {
        int result = 1;
        for (int square = a; b > 0; b >>= 1, square *= square)
        {
            if ((b & 1) != 0) result *= square;
        }
        return result;
    }

    public static void Apply(
        in BroadcastShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> output) =>
        Scalars.Zip<Floats, float, float>(default, shape, a, b, output);

    public static void Apply(in BroadcastShape shape, ReadOnlySpan<int> a, ReadOnlySpan<int> b, Span<int> output) =>
        Scalars.Zip<Ints, int, int>(default, shape, a, b, output);

    private readonly struct Floats : IScalarFn<float, float>
    {
        public float Apply(float a, float b) => Of(a, b);
    }

    private readonly struct Ints : IScalarFn<int, int>
    {
        public int Apply(int a, int b) => Of(a, b);
    }
}
