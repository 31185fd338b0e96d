namespace Graft.Adapters.Form;

/// <summary>A layer norm: y = weight * (x - mean) / sqrt(variance + epsilon) + bias over each row, the variance that of the whole row.</summary>
internal sealed record NormVectors(float[] Weight, float[] Bias, double Epsilon)
{
    /// <summary>torch's default.</summary>
    public const double UsualEpsilon = 1e-5;

    /// <summary>Rows of x (rows, length) in place.</summary>
    public void Apply(Span<float> x)
    {
        for (; x.Length > 0; x = x[Weight.Length..])
        {
            var row = x[..Weight.Length];
            double sum = 0, squares = 0;
            foreach (float v in row) sum += v;
            double mean = sum / row.Length;
            foreach (float v in row) squares += (v - mean) * (v - mean);
            double factor = 1 / Math.Sqrt(squares / row.Length + Epsilon);
            for (int i = 0; i < row.Length; i++) row[i] = (float)((row[i] - mean) * factor * Weight[i] + Bias[i]);
        }
    }
}
