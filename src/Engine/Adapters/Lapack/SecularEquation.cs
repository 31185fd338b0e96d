namespace Graft.Adapters.Lapack;

/// <summary>The singular values and vectors of a matrix with a row z on top of a diagonal, whose first element is zero; diagonal ascending.</summary>
internal sealed class SecularEquation(double[] poles, double[] z)
{
    private const int Bisections = 80;

    private readonly int _count = poles.Length;

    /// <summary>Roots ascending, and the vectors as sums of those of the parts.</summary>
    public (double[] Roots, float[][] U, float[][] V) Solve(float[][] u, float[][] v)
    {
        if (_count == 1) return ([Math.Abs(z[0])], [z[0] > 0 ? u[0] : Array.ConvertAll(u[0], x => -x)], [v[0]]);
        var roots = new double[_count];
        var below = new double[_count][];
        double square = z.Sum(x => x * x);
        for (int i = 0; i < _count; i++) (roots[i], below[i]) = Root(i, square);
        double[] exact = [.. Enumerable.Range(0, _count).Select(i => Exact(i, below, roots))];
        var left = new float[_count][];
        var right = new float[_count][];
        for (int i = 0; i < _count; i++)
        {
            double[] r = [.. Enumerable.Range(0, _count).Select(j => exact[j] / below[i][j] / (poles[j] + roots[i]))];
            left[i] = Sum(u, [-1, .. r.Skip(1).Select((x, j) => poles[j + 1] * x)]);
            right[i] = Sum(v, r);
        }
        return (roots, left, right);
    }

    /// <summary>The root above a pole, and the differences of all poles from it.</summary>
    private (double Root, double[] Below) Root(int index, double square)
    {
        double low = poles[index], width = index + 1 < _count ? poles[index + 1] - low : square / (low + Math.Sqrt(low * low + square));
        int origin = index + 1 < _count && Value(index, width / 2) < 0 ? index + 1 : index;
        var (from, to) = origin == index ? (0.0, index + 1 < _count ? width / 2 : width) : (-width / 2, 0.0);
        for (int i = 0; i < Bisections; i++)
        {
            double half = (from + to) / 2;
            if (half == from || half == to) break;
            (from, to) = Value(origin, half) < 0 ? (half, to) : (from, half);
        }
        double offset = origin == index ? to : from;
        return (poles[origin] + offset, [.. poles.Select(p => p - poles[origin] - offset)]);
    }

    /// <summary>1 + sum of z² / (pole² - s²), s being an offset from a pole.</summary>
    private double Value(int origin, double offset)
    {
        double sum = 1, root = poles[origin] + offset;
        for (int i = 0; i < _count; i++) sum += z[i] * z[i] / ((poles[i] - poles[origin] - offset) * (poles[i] + root));
        return sum;
    }

    /// <summary>The z of which the computed roots are exact ones.</summary>
    private double Exact(int i, double[][] below, double[] roots)
    {
        double product = below[_count - 1][i] * (poles[i] + roots[_count - 1]);
        for (int j = 0; j < _count - 1; j++)
        {
            int pole = j < i ? j : j + 1;
            product *= below[j][i] * (poles[i] + roots[j]) / ((poles[i] - poles[pole]) * (poles[i] + poles[pole]));
        }
        return Math.CopySign(Math.Sqrt(Math.Abs(product)), z[i]);
    }

    private static float[] Sum(float[][] vectors, double[] factors)
    {
        double length = Math.Sqrt(factors.Sum(f => f * f));
        var sum = new float[vectors[0].Length];
        for (int j = 0; j < factors.Length; j++)
        {
            float factor = (float)(factors[j] / length);
            for (int i = 0; i < sum.Length; i++) sum[i] += factor * vectors[j][i];
        }
        return sum;
    }
}
