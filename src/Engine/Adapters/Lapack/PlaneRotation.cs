namespace Graft.Adapters.Lapack;

/// <summary>A rotation that takes (f, g) to (r, 0): c = |f| / sqrt(f² + g²), r with the sign of f.</summary>
/// <param name="C">Cosine, never negative.</param>
/// <param name="S">Sine.</param>
/// <param name="R">What f becomes.</param>
internal readonly record struct PlaneRotation(float C, float S, float R)
{
    public static PlaneRotation Of(float f, float g)
    {
        if (g == 0) return new(1, 0, f);
        if (f == 0) return new(0, MathF.CopySign(1, g), MathF.Abs(g));
        float r = MathF.CopySign(MathF.Sqrt(f * f + g * g), f);
        return new(MathF.Abs(f / r), g / r, r);
    }

    /// <summary>The direction of (f, g), whatever their signs.</summary>
    public static PlaneRotation Between(double f, double g)
    {
        double r = Math.Sqrt(f * f + g * g);
        return new((float)(f / r), (float)(g / r), (float)r);
    }

    /// <summary>x becomes c x + s y, and y becomes c y - s x.</summary>
    public void Apply(float[] x, float[] y)
    {
        for (int i = 0; i < x.Length; i++) (x[i], y[i]) = (C * x[i] + S * y[i], C * y[i] - S * x[i]);
    }
}
