using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>
/// Singular value decomposition W = U diag(s) V^T by one-sided Jacobi rotations in double (Hestenes 1958): s descending, U (m, k), V (n, k),
/// k = min(m, n). Signs of singular vectors are arbitrary.
/// </summary>
internal static class SingularValues
{
    private const int SweepsMax = 60;
    private const double Converged = 1e-14;

    public static (Matrix U, float[] S, Matrix V) Of(Matrix matrix)
    {
        if (matrix.Rows < matrix.Columns)
        {
            var (v, values, u) = Of(matrix.Transposed());
            return (u, values, v);
        }
        int rows = matrix.Rows, columns = matrix.Columns;
        var a = new double[columns][];
        var right = new double[columns][];
        for (int c = 0; c < columns; c++)
        {
            a[c] = new double[rows];
            for (int r = 0; r < rows; r++) a[c][r] = matrix[r, c];
            right[c] = new double[columns];
            right[c][c] = 1;
        }
        for (int sweep = 0; sweep < SweepsMax && Sweep(a, right); sweep++)
        {
        }
        double[] norms = Array.ConvertAll(a, c => Math.Sqrt(c.Sum(x => x * x)));
        int[] order = [.. Enumerable.Range(0, columns).OrderByDescending(c => norms[c])];
        Matrix left = new(rows, columns), v2 = new(columns, columns);
        for (int k = 0; k < columns; k++)
        {
            for (int r = 0; r < rows; r++) left[r, k] = norms[order[k]] == 0 ? 0 : (float)(a[order[k]][r] / norms[order[k]]);
            for (int r = 0; r < columns; r++) v2[r, k] = (float)right[order[k]][r];
        }
        return (left, [.. order.Select(c => (float)norms[c])], v2);
    }

    /// <summary>The sum of all but the largest <paramref name="kept"/> singular parts, summed in double.</summary>
    public static Matrix Smallest(Matrix matrix, int kept)
    {
        var (u, s, v) = Of(matrix);
        var sum = new Matrix(matrix.Rows, matrix.Columns);
        for (int r = 0; r < sum.Rows; r++)
        {
            for (int c = 0; c < sum.Columns; c++)
            {
                double element = 0;
                for (int k = kept; k < s.Length; k++) element += (double)u[r, k] * s[k] * v[c, k];
                sum[r, c] = (float)element;
            }
        }
        return sum;
    }

    /// <summary>Makes every pair of columns orthogonal once; true when one was not.</summary>
    private static bool Sweep(double[][] a, double[][] right)
    {
        bool rotated = false;
        for (int p = 0; p < a.Length; p++)
        {
            for (int q = p + 1; q < a.Length; q++)
            {
                double pp = Dot(a[p], a[p]), qq = Dot(a[q], a[q]), pq = Dot(a[p], a[q]);
                if (Math.Abs(pq) <= Converged * Math.Sqrt(pp * qq)) continue;
                rotated = true;
                double zeta = (qq - pp) / (2 * pq), t = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                double cosine = 1 / Math.Sqrt(1 + t * t), sine = cosine * t;
                Rotate(a[p], a[q], cosine, sine);
                Rotate(right[p], right[q], cosine, sine);
            }
        }
        return rotated;
    }

    private static void Rotate(double[] p, double[] q, double cosine, double sine)
    {
        for (int i = 0; i < p.Length; i++) (p[i], q[i]) = (cosine * p[i] - sine * q[i], sine * p[i] + cosine * q[i]);
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
