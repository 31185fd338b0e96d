namespace Graft.Adapters.Lapack;

/// <summary>
/// A (rows, columns), rows at least columns, as Q B Pᵀ with B upper bidiagonal, by reflections in turn from the left and from the right. A
/// reflection makes of x a vector along the first axis whose sign is opposite to that of x's first element.
/// </summary>
internal sealed class Bidiagonal
{
    private readonly List<double[]> _left = [], _right = [];

    public Bidiagonal(double[][] a, int columns)
    {
        int rows = a.Length;
        Diagonal = new double[columns];
        Above = new double[Math.Max(columns - 1, 0)];
        for (int k = 0; k < columns; k++)
        {
            double[] v = Reflection([.. a.Select(row => row[k])], k, out Diagonal[k]);
            ReflectColumns(a, v, k + 1, columns);
            _left.Add(v);
            if (k == columns - 1) break;
            double[] w = Reflection(a[k], k + 1, out Above[k]);
            for (int r = k + 1; r < rows; r++) Reflect(a[r], w);
            _right.Add(w);
        }
    }

    public double[] Diagonal { get; }

    /// <summary>Elements above the diagonal.</summary>
    public double[] Above { get; }

    /// <summary>Q x; x has the rows of A.</summary>
    public void ApplyLeft(double[] x)
    {
        for (int k = _left.Count - 1; k >= 0; k--) Reflect(x, _left[k]);
    }

    /// <summary>P x; x has the columns of A.</summary>
    public void ApplyRight(double[] x)
    {
        for (int k = _right.Count - 1; k >= 0; k--) Reflect(x, _right[k]);
    }

    /// <summary>The triangle R of A = Q R, and the reflections of Q.</summary>
    public static (double[][] Triangle, List<double[]> Reflections) Triangle(double[][] a, int columns)
    {
        var reflections = new List<double[]>();
        var triangle = Enumerable.Range(0, columns).Select(_ => new double[columns]).ToArray();
        for (int k = 0; k < columns; k++)
        {
            double[] v = Reflection([.. a.Select(row => row[k])], k, out triangle[k][k]);
            ReflectColumns(a, v, k + 1, columns);
            for (int c = k + 1; c < columns; c++) triangle[k][c] = a[k][c];
            reflections.Add(v);
        }
        return (triangle, reflections);
    }

    /// <summary>x becomes x - 2 v (v x).</summary>
    public static void Reflect(double[] x, double[] v)
    {
        double dot = 0;
        for (int i = 0; i < v.Length; i++) dot += x[i] * v[i];
        for (int i = 0; i < v.Length; i++) x[i] -= 2 * dot * v[i];
    }

    private static void ReflectColumns(double[][] a, double[] v, int first, int end)
    {
        var dots = new double[end];
        for (int r = 0; r < a.Length; r++)
        {
            for (int c = first; v[r] != 0 && c < end; c++) dots[c] += v[r] * a[r][c];
        }
        for (int r = 0; r < a.Length; r++)
        {
            for (int c = first; v[r] != 0 && c < end; c++) a[r][c] -= 2 * v[r] * dots[c];
        }
    }

    /// <summary>The unit vector of the reflection of x from an element on; zeros where nothing is behind that element.</summary>
    private static double[] Reflection(double[] x, int first, out double result)
    {
        var v = new double[x.Length];
        double rest = 0;
        for (int i = first + 1; i < x.Length; i++) rest += x[i] * x[i];
        result = x[first];
        if (rest == 0) return v;
        result = -Math.CopySign(Math.Sqrt(x[first] * x[first] + rest), x[first]);
        v[first] = x[first] - result;
        double length = Math.Sqrt(v[first] * v[first] + rest);
        v[first] /= length;
        for (int i = first + 1; i < x.Length; i++) v[i] = x[i] / length;
        return v;
    }
}
