using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>
/// k-means as scikit-learn's KMeans runs it with init="random" and n_init=1: the first centres are rows drawn by NumPy's legacy generator,
/// then Lloyd's iterations until nothing moves or hardly anything.
/// </summary>
internal static class KMeans
{
    /// <summary>scikit-learn's default, a part of the mean variance.</summary>
    private const double Tolerance = 1e-4;

    /// <returns>The cluster of each row.</returns>
    /// <exception cref="AdapterException">A cluster became empty.</exception>
    public static int[] Labels(Matrix rows, int clusters, int iterations, uint seed)
    {
        double[] mean = [.. Enumerable.Range(0, rows.Columns).Select(c => Enumerable.Range(0, rows.Rows).Average(r => (double)rows[r, c]))];
        double[][] points = [.. Enumerable.Range(0, rows.Rows).Select(r => rows.Row(r).ToArray().Zip(mean, (v, m) => v - m).ToArray())];
        double enough = Tolerance * points.Average(p => p.Average(v => v * v));
        double[][] centres = Array.ConvertAll(Distinct(rows.Rows, clusters, new TorchGenerator(seed)), i => points[i]);
        int[]? before = null;
        for (int i = 0; i < iterations; i++)
        {
            int[] labels = Nearest(points, centres);
            double[][] moved = [.. Enumerable.Range(0, clusters).Select(c => Centre(points, labels, c))];
            double shift = centres.Zip(moved, Distance).Sum();
            centres = moved;
            if (before is not null && labels.AsSpan().SequenceEqual(before)) return labels;
            if (shift <= enough) break;
            before = labels;
        }
        return Nearest(points, centres);
    }

    /// <summary>RandomState.choice(n, count, replace=False, p=equal): numbers that were drawn already are drawn again from what is left.</summary>
    private static int[] Distinct(int n, int count, TorchGenerator generator)
    {
        var found = new List<int>(count);
        while (found.Count < count)
        {
            int[] left = [.. Enumerable.Range(0, n).Except(found)];
            double[] drawn = [.. Enumerable.Range(0, count - found.Count).Select(_ => generator.Double())];
            found.AddRange(drawn.Select(x => left[Math.Min((int)(x * left.Length), left.Length - 1)]).Distinct());
        }
        return [.. found];
    }

    private static int[] Nearest(double[][] points, double[][] centres) => Array.ConvertAll(points, p =>
    {
        double[] distances = Array.ConvertAll(centres, c => Distance(p, c));
        return Array.IndexOf(distances, distances.Min());
    });

    private static double[] Centre(double[][] points, int[] labels, int cluster)
    {
        double[][] own = [.. points.Where((_, i) => labels[i] == cluster)];
        if (own.Length == 0) throw new AdapterException("a cluster of the weight's rows became empty; what happens then is not reproduced");
        return [.. own[0].Select((_, d) => own.Average(p => p[d]))];
    }

    private static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
}
