using Graft.Adapters.Form;

namespace Graft.Adapters.Binding;

/// <summary>How well one matrix is another with its rows and columns scaled: deployed = diag(f) W diag(g), by alternating least squares.</summary>
/// <param name="Residual">Norm of what is left, relative to the deployed matrix.</param>
/// <param name="Rows">f, or null for ones.</param>
/// <param name="Columns">g, or null for ones.</param>
internal sealed record RankOneFit(double Residual, float[]? Rows, float[]? Columns)
{
    /// <summary>Below this a plain match needs no factors: the residual of 8-bit weights.</summary>
    private const double PlainResidual = 0.03;

    private const int Iterations = 8;

    public bool IsPlain => Rows is null && Columns is null;

    public static RankOneFit Of(Matrix weight, Matrix deployed)
    {
        double plain = Left(weight, deployed, null, null);
        if (plain <= PlainResidual) return new(plain, null, null);
        var rows = new float[weight.Rows];
        var columns = new float[weight.Columns];
        Array.Fill(rows, 1);
        Array.Fill(columns, 1);
        for (int i = 0; i < Iterations; i++)
        {
            for (int r = 0; r < rows.Length; r++) rows[r] = Scale(weight.Columns, c => weight[r, c] * (double)columns[c], c => deployed[r, c]);
            for (int c = 0; c < columns.Length; c++) columns[c] = Scale(weight.Rows, r => weight[r, c] * (double)rows[r], r => deployed[r, c]);
        }
        double fitted = Left(weight, deployed, rows, columns);
        // 4-bit weights leave much more, which factors do not explain.
        return plain <= 1.5 * fitted ? new(plain, null, null) : Normalised(fitted, rows, columns);
    }

    /// <summary>Whether one vector is a multiple of another.</summary>
    public static bool AreParallel(float[] a, float[] b)
    {
        if (a.Length != b.Length) return false;
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++) (ab, aa, bb) = (ab + (double)a[i] * b[i], aa + (double)a[i] * a[i], bb + (double)b[i] * b[i]);
        return ab > 0.9995 * Math.Sqrt(aa * bb);
    }

    /// <summary>The factor between parallel vectors.</summary>
    public static float Ratio(float[] a, float[] b)
    {
        double ab = 0, bb = 0;
        for (int i = 0; i < a.Length; i++) (ab, bb) = (ab + (double)a[i] * b[i], bb + (double)b[i] * b[i]);
        return (float)(ab / bb);
    }

    /// <summary>Factors of rows alone where columns have one in common, otherwise with a mean of 1 over the rows.</summary>
    private static RankOneFit Normalised(double residual, float[] rows, float[] columns)
    {
        float[] ones = [.. Enumerable.Repeat(1f, columns.Length)];
        if (AreParallel(columns, ones)) return new(residual, [.. rows.Select(r => r * Ratio(columns, ones))], null);
        float mean = rows.Average();
        if (mean == 0) return new(residual, rows, columns);
        return new(residual, Array.ConvertAll(rows, r => r / mean), Array.ConvertAll(columns, c => c * mean));
    }

    private static float Scale(int count, Func<int, double> from, Func<int, double> to)
    {
        double product = 0, square = 0;
        for (int i = 0; i < count; i++)
        {
            double x = from(i);
            product += x * to(i);
            square += x * x;
        }
        return square == 0 ? 0 : (float)(product / square);
    }

    /// <summary>Whether factors of rows explain more of a deployed matrix than the noise of coarse weights that any factors take up.</summary>
    public static bool NeedsRows(Matrix weight, Matrix deployed, float[] rows, float[] columns) =>
        Left(weight, deployed, null, columns) > 1.1 * Left(weight, deployed, rows, columns);

    private static double Left(Matrix weight, Matrix deployed, float[]? rows, float[]? columns)
    {
        double left = 0, whole = 0;
        for (int r = 0; r < weight.Rows; r++)
        {
            for (int c = 0; c < weight.Columns; c++)
            {
                double difference = deployed[r, c] - (double)weight[r, c] * (rows?[r] ?? 1) * (columns?[c] ?? 1);
                left += difference * difference;
                whole += (double)deployed[r, c] * deployed[r, c];
            }
        }
        return whole == 0 ? left == 0 ? 0 : double.PositiveInfinity : Math.Sqrt(left / whole);
    }
}
