using Graft.Adapters.Form;

namespace Graft.Adapters.Lapack;

/// <summary>
/// The largest singular values of a matrix with the vectors' signs as LAPACK's SGESDD gives them. These follow from the order of its steps and
/// from when its iterations end in single precision; with the same steps and tests they come out again, but for vectors whose sign hangs on a
/// rounding in SGESDD, too.
/// </summary>
internal static class SingularVectors
{
    /// <summary>How much the elements of a matrix are moved, relatively, to see whether signs hang on rounding.</summary>
    private const float Disturbance = 1e-6f;

    /// <summary>The least cosine between a vector and the same of a moved matrix.</summary>
    private const double SameVector = 0.9;

    /// <summary>The same, refusing signs that another rounding would change.</summary>
    /// <exception cref="AdapterException">A sign hangs on rounding.</exception>
    public static (Matrix U, float[] S, Matrix Vt) Stable(Matrix matrix, int count)
    {
        var found = Largest(matrix, count);
        var moved = new Matrix(matrix.Rows, matrix.Columns, [.. matrix.Values.Select((v, i) => v * (1 + (i * 7 % 5 - 2) * Disturbance / 2))]);
        var other = Largest(moved, count);
        for (int k = 0; k < count; k++)
        {
            double dot = 0;
            for (int c = 0; c < matrix.Columns; c++) dot += (double)found.Vt[k, c] * other.Vt[k, c];
            if (dot < SameVector) throw new AdapterException($"the sign of singular vector {k} of its weight was not saved, and hangs on rounding");
        }
        return found;
    }

    /// <returns>U (rows, count), S, and Vᵀ (count, columns).</returns>
    public static (Matrix U, float[] S, Matrix Vt) Largest(Matrix matrix, int count)
    {
        int rows = matrix.Rows, columns = matrix.Columns, least = Math.Min(rows, columns), threshold = (int)(least * 11.0 / 6);
        bool isWide = rows < columns;
        double[][] tall = Rows(isWide ? matrix.Transposed() : matrix);
        List<double[]> outer = [];
        bool isLower = isWide;
        if (tall.Length >= threshold)
        {
            (tall, outer) = Bidiagonal.Triangle(tall, least);
            // A = L Q, and L is reduced as it is.
            if (isWide) tall = [.. Enumerable.Range(0, least).Select(r => tall.Select(row => row[r]).ToArray())];
            isLower = false;
        }
        bool isTransposed = isWide && outer.Count == 0;
        var reduced = new Bidiagonal(tall, least);
        var (u, s, vt) = Core(Array.ConvertAll(reduced.Diagonal, x => (float)x), Array.ConvertAll(reduced.Above, x => (float)x), isLower);
        int[] order = [.. Enumerable.Range(0, least).OrderByDescending(i => s[i]).Take(count)];
        var (left, right, values) = (new Matrix(rows, count), new Matrix(count, columns), new float[count]);
        for (int k = 0; k < count; k++)
        {
            double[] x = Array.ConvertAll(u[order[k]], v => (double)v), y = Array.ConvertAll(vt[order[k]], v => (double)v);
            values[k] = (float)InverseIteration.Refine(reduced.Diagonal, reduced.Above, isLower ? y : x, isLower ? x : y);
            (x, y) = (Padded(x, isTransposed ? least : tall.Length), Padded(y, isTransposed ? tall.Length : least));
            reduced.ApplyLeft(isTransposed ? y : x);
            reduced.ApplyRight(isTransposed ? x : y);
            (x, y) = (Padded(x, rows), Padded(y, columns));
            foreach (double[] v in Enumerable.Reverse(outer)) Bidiagonal.Reflect(isWide ? y : x, v);
            for (int r = 0; r < rows; r++) left[r, k] = (float)x[r];
            for (int c = 0; c < columns; c++) right[k, c] = (float)y[c];
        }
        return (left, values, right);
    }

    private static (float[][] U, float[] S, float[][] Vt) Core(float[] d, float[] e, bool isLower)
    {
        int n = d.Length;
        var (u, vt, turns) = (Identity(n), Identity(n), new PlaneRotation[Math.Max(n - 1, 0)]);
        for (int i = 0; isLower && i < n - 1; i++)
        {
            turns[i] = PlaneRotation.Of(d[i], e[i]);
            (d[i], e[i], d[i + 1]) = (turns[i].R, turns[i].S * d[i + 1], turns[i].C * d[i + 1]);
        }
        if (n <= BidiagonalMerge.SmallSize) new BidiagonalIteration(d, e, u, vt).Run(0, n, hasExtraColumn: false);
        else Blocks(d, e, u, vt);
        for (int i = n - 2; isLower && i >= 0; i--)
        {
            foreach (float[] x in u) (x[i], x[i + 1]) = (turns[i].C * x[i] - turns[i].S * x[i + 1], turns[i].C * x[i + 1] + turns[i].S * x[i]);
        }
        return (u, d, vt);
    }

    /// <summary>Blocks between negligible elements above the diagonal, each for itself.</summary>
    private static void Blocks(float[] d, float[] e, float[][] u, float[][] vt)
    {
        const float Negligible = 0.9f * Precision.Epsilon;
        int n = d.Length;
        float norm = d.Concat(e).Max(Math.Abs);
        if (norm == 0) return;
        for (int i = 0; i < n; i++) d[i] /= norm;
        for (int i = 0; i < n - 1; i++) e[i] /= norm;
        for (int i = 0; i < n; i++)
        {
            if (Math.Abs(d[i]) < Negligible) d[i] = MathF.CopySign(Negligible, d[i]);
        }
        var merge = new BidiagonalMerge(d, e, u, vt);
        int start = 0;
        for (int i = 0; i < n; i++)
        {
            if (i < n - 1 && Math.Abs(e[i]) >= Negligible) continue;
            if (i == n - 1 && start == i)
            {
                u[i][i] = MathF.CopySign(1, d[i]);
                d[i] = Math.Abs(d[i]);
            }
            else merge.Run(start, i + 1 - start);
            start = i + 1;
        }
        for (int i = 0; i < n; i++) d[i] *= norm;
    }

    private static double[][] Rows(Matrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(r => Array.ConvertAll(matrix.Row(r).ToArray(), x => (double)x))];

    private static double[] Padded(double[] x, int length) => x.Length == length ? x : [.. x, .. new double[length - x.Length]];

    private static float[][] Identity(int n)
    {
        var rows = new float[n][];
        for (int i = 0; i < n; i++) (rows[i] = new float[n])[i] = 1;
        return rows;
    }
}
