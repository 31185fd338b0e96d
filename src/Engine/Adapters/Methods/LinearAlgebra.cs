using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>Decompositions of the small matrices that adapters are made of, computed in double.</summary>
internal static class LinearAlgebra
{
    /// <summary>The inverse, by elimination with row exchange.</summary>
    /// <exception cref="AdapterException">The matrix is singular.</exception>
    public static Matrix Inverse(Matrix matrix)
    {
        int n = matrix.Rows;
        var work = new double[n, 2 * n];
        for (int r = 0; r < n; r++)
        {
            for (int c = 0; c < n; c++) work[r, c] = matrix[r, c];
            work[r, n + r] = 1;
        }
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int r = k + 1; r < n; r++) pivot = Math.Abs(work[r, k]) > Math.Abs(work[pivot, k]) ? r : pivot;
            if (work[pivot, k] == 0) throw new AdapterException("a rotation's matrix cannot be inverted");
            for (int c = 0; c < 2 * n; c++) (work[k, c], work[pivot, c]) = (work[pivot, c], work[k, c]);
            double inverse = 1 / work[k, k];
            for (int c = 0; c < 2 * n; c++) work[k, c] *= inverse;
            for (int r = 0; r < n; r++)
            {
                double factor = work[r, k];
                if (r == k || factor == 0) continue;
                for (int c = 0; c < 2 * n; c++) work[r, c] -= factor * work[k, c];
            }
        }
        var result = new Matrix(n, n);
        for (int r = 0; r < n; r++)
        {
            for (int c = 0; c < n; c++) result[r, c] = (float)work[r, n + c];
        }
        return result;
    }

    /// <summary>Orthonormal columns that span those of a matrix (rows at least columns), by modified Gram-Schmidt, twice.</summary>
    public static Matrix Orthonormal(Matrix matrix)
    {
        var columns = matrix.Transposed();
        var basis = new double[columns.Rows][];
        for (int i = 0; i < basis.Length; i++)
        {
            double[] v = Array.ConvertAll(columns.Row(i).ToArray(), x => (double)x);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    double dot = 0;
                    for (int k = 0; k < v.Length; k++) dot += v[k] * basis[j][k];
                    for (int k = 0; k < v.Length; k++) v[k] -= dot * basis[j][k];
                }
            }
            double norm = Math.Sqrt(v.Sum(x => x * x));
            if (norm == 0) throw new AdapterException("a projection's columns are linearly dependent");
            basis[i] = Array.ConvertAll(v, x => x / norm);
        }
        var result = new Matrix(matrix.Rows, matrix.Columns);
        for (int r = 0; r < result.Rows; r++)
        {
            for (int c = 0; c < result.Columns; c++) result[r, c] = (float)basis[c][r];
        }
        return result;
    }

    /// <summary>
    /// The Q (rows, columns) of the QR decomposition by Householder reflections, with the signs that follow from them: the diagonal of R is
    /// negative where the pivot is positive. Rows at least columns.
    /// </summary>
    public static Matrix HouseholderQ(Matrix matrix)
    {
        int rows = matrix.Rows, columns = matrix.Columns;
        var work = new double[rows, columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) work[r, c] = matrix[r, c];
        }
        var reflectors = new double[columns][];
        for (int k = 0; k < columns; k++)
        {
            double norm = 0;
            for (int r = k; r < rows; r++) norm += work[r, k] * work[r, k];
            norm = Math.Sqrt(norm);
            var v = new double[rows];
            for (int r = k; r < rows; r++) v[r] = work[r, k];
            v[k] += work[k, k] >= 0 ? norm : -norm;
            double length = Math.Sqrt(v.Sum(x => x * x));
            if (length > 0) v = Array.ConvertAll(v, x => x / length);
            reflectors[k] = v;
            Reflect(work, v, columns);
        }
        return Product(reflectors, rows, _ => 1);
    }

    /// <summary>
    /// The first columns of H1 H2 ..., Hi = I - 2 v v^T / (v^T v), where v has a one on the diagonal of column i and below it what the column
    /// has there; each column times the whole part of its element on the diagonal. Rows at least columns.
    /// </summary>
    public static Matrix Reflections(Matrix columns)
    {
        var reflectors = new double[columns.Columns][];
        for (int k = 0; k < reflectors.Length; k++)
        {
            var v = new double[columns.Rows];
            for (int r = k + 1; r < v.Length; r++) v[r] = columns[r, k];
            v[k] = 1;
            double length = Math.Sqrt(v.Sum(x => x * x));
            reflectors[k] = Array.ConvertAll(v, x => x / length);
        }
        return Product(reflectors, columns.Rows, c => Math.Truncate(columns[c, c]));
    }

    /// <summary>The first columns of the product of reflections I - 2 v v^T, one for each, times a factor for each.</summary>
    private static Matrix Product(double[][] reflectors, int rows, Func<int, double> factor)
    {
        int columns = reflectors.Length;
        var q = new double[rows, columns];
        for (int c = 0; c < columns; c++) q[c, c] = 1;
        for (int k = columns - 1; k >= 0; k--) Reflect(q, reflectors[k], columns);
        var result = new Matrix(rows, columns);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) result[r, c] = (float)(q[r, c] * factor(c));
        }
        return result;
    }

    /// <summary>work = (I - 2 v v^T) work.</summary>
    private static void Reflect(double[,] work, double[] v, int columns)
    {
        for (int c = 0; c < columns; c++)
        {
            double dot = 0;
            for (int r = 0; r < v.Length; r++) dot += v[r] * work[r, c];
            for (int r = 0; r < v.Length; r++) work[r, c] -= 2 * dot * v[r];
        }
    }
}
