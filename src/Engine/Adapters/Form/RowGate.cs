namespace Graft.Adapters.Form;

/// <summary>sigmoid(w x + b) of a row; its mean over a sequence is a gate.</summary>
internal sealed record RowGate(float[] Weight, float Bias)
{
    /// <summary>The sum over rows of x (rows, in).</summary>
    public double Sum(ReadOnlySpan<float> x)
    {
        double sum = 0;
        for (; x.Length > 0; x = x[Weight.Length..])
        {
            double dot = Bias;
            for (int i = 0; i < Weight.Length; i++) dot += (double)Weight[i] * x[i];
            sum += 1 / (1 + Math.Exp(-dot));
        }
        return sum;
    }
}
