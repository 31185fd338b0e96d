using Graft.Adapters.Form;

namespace Graft.Adapters.Binding.Values;

/// <summary>How well one matrix is another with its rows and columns scaled: deployed = diag(f) W diag(g), by alternating least squares.</summary>
/// <param name="Residual">
/// Norm of what is left, relative to the deployed matrix. With factors it is what would be left of a matrix that has as many elements more as
/// there are factors, so that small matrices that any factors fit count as unlike: 1 where there are no more elements than factors.
/// </param>
/// <param name="Rows">f, or null for ones.</param>
/// <param name="Columns">g, or null for ones.</param>
internal sealed record RankOneFit(double Residual, float[]? Rows, float[]? Columns)
{
    /// <summary>What is left by less is equal: roundings of float32. That of 8-bit weights is a thousand times larger.</summary>
    private const double PlainResidual = 1e-5;

    private const int Iterations = 8;

    /// <summary>So many rows tell matrices that have nothing in common, which leave about 1.</summary>
    private const int SampleRows = 32;

    private const double SampleResidualMax = 0.9;

    /// <param name="weight">W.</param>
    /// <param name="deployed">A matrix of the same size.</param>
    public static RankOneFit Of(Matrix weight, Matrix deployed)
    {
        if (weight.Rows > 2 * SampleRows && Fit(Sample(weight), Sample(deployed)) is { Residual: > SampleResidualMax } unlike) return unlike;
        return Fit(weight, deployed);
    }

    /// <summary>The cosine of the angle between vectors of one length; 0 when one of them is zero.</summary>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++) (ab, aa, bb) = (ab + (double)a[i] * b[i], aa + (double)a[i] * a[i], bb + (double)b[i] * b[i]);
        return aa == 0 || bb == 0 ? 0 : ab / Math.Sqrt(aa * bb);
    }

    /// <summary>The factor that makes b the nearest to a.</summary>
    public static float Ratio(float[] a, float[] b)
    {
        double ab = 0, bb = 0;
        for (int i = 0; i < a.Length; i++) (ab, bb) = (ab + (double)a[i] * b[i], bb + (double)b[i] * b[i]);
        return bb == 0 ? 0 : (float)(ab / bb);
    }

    /// <summary>Whether some factors explain as much of a deployed matrix as others do.</summary>
    public static bool IsAsGood(Matrix weight, Matrix deployed, (float[]? Rows, float[]? Columns) some, (float[]? Rows, float[]? Columns) others) =>
        Left(weight, deployed, some.Rows, some.Columns) <= Math.Max(PlainResidual, Left(weight, deployed, others.Rows, others.Columns) * Slack(weight));

    /// <summary>The simplest of four forms that explains as much as factors of both sides do.</summary>
    private static RankOneFit Fit(Matrix weight, Matrix deployed)
    {
        var plain = Judged(weight, deployed, null, null);
        if (plain.Residual <= PlainResidual || weight.Values.Length <= weight.Rows + weight.Columns) return plain;
        var (rows, columns) = Factors(weight, deployed, Iterations);
        var both = Normalised(Judged(weight, deployed, rows, columns));
        double enough = Math.Max(PlainResidual, both.Residual * Slack(weight));
        if (plain.Residual <= enough) return plain;
        var byRows = Judged(weight, deployed, Factors(weight, deployed, 1).Rows, null);
        if (byRows.Residual <= enough) return byRows;
        var byColumns = Judged(weight, deployed, null, Factors(weight.Transposed(), deployed.Transposed(), 1).Rows);
        return byColumns.Residual <= enough ? byColumns : both;
    }

    /// <summary>
    /// How much more a form with fewer factors may leave for being as good: the noise of coarse weights, of which any factors take up some, the
    /// more the fewer elements there are for each.
    /// </summary>
    private static double Slack(Matrix weight)
    {
        int thin = Math.Min(weight.Rows, weight.Columns);
        double free = Math.Max(1, weight.Values.Length - weight.Rows - weight.Columns);
        return (1.05 + 4 / Math.Sqrt(free)) * (1 + 2.0 / Math.Max(1, thin - 1));
    }

    private static RankOneFit Judged(Matrix weight, Matrix deployed, float[]? rows, float[]? columns)
    {
        double elements = weight.Values.Length, free = elements - (rows?.Length ?? 0) - (columns?.Length ?? 0);
        return new(free <= 0 ? 1 : Left(weight, deployed, rows, columns) * Math.Sqrt(elements / free), rows, columns);
    }

    /// <summary>Factors of both sides, each the best for the other; those of rows from ones in the columns in the first iteration.</summary>
    private static (float[] Rows, float[] Columns) Factors(Matrix weight, Matrix deployed, int iterations)
    {
        var rows = new float[weight.Rows];
        var columns = new float[weight.Columns];
        Array.Fill(columns, 1);
        double[] products = new double[columns.Length], squares = new double[columns.Length];
        for (int i = 0; i < iterations; i++)
        {
            Array.Clear(products);
            Array.Clear(squares);
            for (int r = 0; r < rows.Length; r++)
            {
                ReadOnlySpan<float> w = weight.Row(r), d = deployed.Row(r);
                double product = 0, square = 0;
                for (int c = 0; c < w.Length; c++)
                {
                    double x = (double)w[c] * columns[c];
                    (product, square) = (product + x * d[c], square + x * x);
                }
                rows[r] = square == 0 ? 0 : (float)(product / square);
                for (int c = 0; c < w.Length; c++)
                {
                    double x = (double)w[c] * rows[r];
                    products[c] += x * d[c];
                    squares[c] += x * x;
                }
            }
            for (int c = 0; c < columns.Length; c++) columns[c] = squares[c] == 0 ? 0 : (float)(products[c] / squares[c]);
        }
        return (rows, columns);
    }

    /// <summary>The same with a mean of 1 over the rows' factors.</summary>
    private static RankOneFit Normalised(RankOneFit fit)
    {
        float mean = fit.Rows!.Average();
        return mean == 0 ? fit : fit with { Rows = Array.ConvertAll(fit.Rows!, r => r / mean), Columns = Array.ConvertAll(fit.Columns!, c => c * mean) };
    }

    private static double Left(Matrix weight, Matrix deployed, float[]? rows, float[]? columns)
    {
        double left = 0, whole = 0;
        for (int r = 0; r < weight.Rows; r++)
        {
            ReadOnlySpan<float> w = weight.Row(r), d = deployed.Row(r);
            float row = rows?[r] ?? 1;
            for (int c = 0; c < w.Length; c++)
            {
                double difference = d[c] - (double)w[c] * row * (columns is null ? 1 : columns[c]);
                left += difference * difference;
                whole += (double)d[c] * d[c];
            }
        }
        return whole == 0 ? left == 0 ? 0 : double.PositiveInfinity : Math.Sqrt(left / whole);
    }

    private static Matrix Sample(Matrix matrix)
    {
        var sample = new Matrix(SampleRows, matrix.Columns);
        for (int r = 0; r < SampleRows; r++) matrix.Row((int)((long)r * matrix.Rows / SampleRows)).CopyTo(sample.Row(r));
        return sample;
    }
}
