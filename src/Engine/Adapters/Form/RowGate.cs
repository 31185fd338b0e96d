namespace Graft.Adapters.Form;

/// <summary>
/// An element of softmax(W x + b) of a row; with a single row in W, sigmoid(w x + b), which is softmax beside a zero. Its mean over rows is a
/// gate.
/// </summary>
/// <param name="Weight">W (outputs, in).</param>
/// <param name="Bias">b.</param>
/// <param name="Element">Which element.</param>
internal sealed record RowGate(Matrix Weight, float[] Bias, int Element = 0)
{
    /// <summary>The sum over rows of x (rows, in).</summary>
    public double Sum(ReadOnlySpan<float> x)
    {
        double sum = 0;
        for (; x.Length > 0; x = x[Weight.Columns..])
        {
            double own = Logit(Element, x), all = Weight.Rows == 1 ? 1 + Math.Exp(-own) : 0;
            for (int r = 0; Weight.Rows > 1 && r < Weight.Rows; r++) all += Math.Exp(Logit(r, x) - own);
            sum += 1 / all;
        }
        return sum;
    }

    /// <summary>The same gate where x = g * n + beta is seen as n; null stands for ones and zeros.</summary>
    public RowGate Folded(float[]? g, float[]? beta) => this with
    {
        Weight = g is null ? Weight : Weight.ScaledColumns(g),
        Bias = beta is null ? Bias : [.. Bias.Zip(Weight.Times(beta), (b, offset) => b + offset)],
    };

    private double Logit(int row, ReadOnlySpan<float> x)
    {
        double logit = Bias[row];
        var weight = Weight.Row(row);
        for (int i = 0; i < weight.Length; i++) logit += (double)weight[i] * x[i];
        return logit;
    }
}
