namespace Graft.Kernels.Quant;

/// <summary>
/// Whether a scale counts as a power of two, and which: the reference's test, tolerant by a thousandth of an octave.
/// </summary>
internal static class PowerOfTwo
{
    private const float Tolerance = 1e-3f;

    /// <summary>log2(scale) in float arithmetic, through natural logarithms.</summary>
    public static float LogOf(float scale) => MathF.Log(scale) * (1.0f / MathF.Log(2.0f));

    /// <summary>The nearest exponent.</summary>
    public static int Exponent(float scale) => (int)MathF.Round(LogOf(scale), MidpointRounding.AwayFromZero);

    public static bool Is(float scale)
    {
        float log = LogOf(scale);
        return MathF.Abs(log - MathF.Round(log, MidpointRounding.AwayFromZero)) < Tolerance;
    }
}
