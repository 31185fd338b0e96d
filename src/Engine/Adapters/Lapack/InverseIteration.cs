namespace Graft.Adapters.Lapack;

/// <summary>
/// Makes singular vectors of a bidiagonal matrix exact to double precision, by inverse iteration with Rayleigh's quotient on the tridiagonal matrix whose
/// eigenvectors they are, element by element in turn (Golub and Kahan 1965). Signs stay.
/// </summary>
internal static class InverseIteration
{
    private const int Steps = 3;

    /// <summary>Stands for a pivot of zero.</summary>
    private const double Least = 1e-100;

    /// <param name="d">The diagonal.</param>
    /// <param name="e">Elements above it.</param>
    /// <param name="u">The left vector.</param>
    /// <param name="v">The right vector.</param>
    /// <returns>The singular value.</returns>
    public static double Refine(double[] d, double[] e, double[] u, double[] v)
    {
        int n = d.Length;
        double[] beside = [.. Enumerable.Range(0, 2 * n - 1).Select(i => i % 2 == 0 ? d[i / 2] : e[i / 2])];
        double[] x = [.. Enumerable.Range(0, 2 * n).Select(i => i % 2 == 0 ? v[i / 2] : u[i / 2])];
        for (int step = 0; step < Steps; step++)
        {
            double[] y = Solve(beside, Quotient(beside, x), x);
            double length = Math.Sqrt(y.Sum(a => a * a)), dot = y.Zip(x, (a, b) => a * b).Sum();
            if (!double.IsFinite(length) || length == 0) break;
            for (int i = 0; i < x.Length; i++) x[i] = y[i] / Math.CopySign(length, dot);
        }
        Take(x, 1, u);
        Take(x, 0, v);
        return Quotient(beside, x);
    }

    private static double Quotient(double[] beside, double[] x)
    {
        double products = 0;
        for (int i = 0; i < beside.Length; i++) products += 2 * beside[i] * x[i] * x[i + 1];
        return products / x.Sum(a => a * a);
    }

    /// <summary>Every second element as a unit vector.</summary>
    private static void Take(double[] x, int first, double[] vector)
    {
        double square = 0;
        for (int i = 0; i < vector.Length; i++) square += x[2 * i + first] * x[2 * i + first];
        for (int i = 0; i < vector.Length; i++) vector[i] = x[2 * i + first] / Math.Sqrt(square);
    }

    /// <summary>(T - shift) y = x, T with zeros on the diagonal, by elimination with exchange of neighbouring rows.</summary>
    private static double[] Solve(double[] beside, double shift, double[] x)
    {
        int n = x.Length;
        double[] diagonal = new double[n], above = [.. beside, 0], further = new double[n], y = [.. x];
        Array.Fill(diagonal, -shift);
        for (int i = 0; i < n - 1; i++)
        {
            double below = beside[i];
            if (Math.Abs(below) > Math.Abs(diagonal[i]))
            {
                (diagonal[i], below) = (below, diagonal[i]);
                (above[i], diagonal[i + 1]) = (diagonal[i + 1], above[i]);
                (further[i], above[i + 1]) = (above[i + 1], 0);
                (y[i], y[i + 1]) = (y[i + 1], y[i]);
            }
            if (diagonal[i] == 0) diagonal[i] = Least;
            double factor = below / diagonal[i];
            diagonal[i + 1] -= factor * above[i];
            above[i + 1] -= factor * further[i];
            y[i + 1] -= factor * y[i];
        }
        if (Math.Abs(diagonal[n - 1]) < Least) diagonal[n - 1] = Least;
        for (int i = n - 1; i >= 0; i--)
        {
            if (i + 1 < n) y[i] -= above[i] * y[i + 1];
            if (i + 2 < n) y[i] -= further[i] * y[i + 2];
            y[i] /= diagonal[i];
        }
        return y;
    }
}
