namespace Graft.Adapters.Lapack;

/// <summary>
/// Divide and conquer for a bidiagonal matrix (Gu and Eisenstat 1995): two halves, and the row between them, are joined by the roots of a secular
/// equation. What is set aside as equal or negligible is what LAPACK's LASD2 sets aside.
/// </summary>
/// <param name="d">The diagonal.</param>
/// <param name="e">Elements above it.</param>
/// <param name="u">Columns of U.</param>
/// <param name="vt">Rows of Vᵀ.</param>
internal sealed class BidiagonalMerge(float[] d, float[] e, float[][] u, float[][] vt)
{
    /// <summary>Blocks up to this size are not divided.</summary>
    public const int SmallSize = 25;

    private readonly BidiagonalIteration _small = new(d, e, u, vt);

    /// <summary>Makes a block diagonal.</summary>
    public void Run(int first, int count)
    {
        if (count <= SmallSize) _small.Run(first, count, hasExtraColumn: false);
        else Divide(first, count, hasExtraColumn: false, (int)(Math.Log(count / (SmallSize + 1.0)) / Math.Log(2)) + 1);
    }

    /// <summary>The positions of the block's singular values, ascending.</summary>
    private int[] Divide(int first, int count, bool hasExtraColumn, int levels)
    {
        if (levels == 0)
        {
            _small.Run(first, count, hasExtraColumn);
            return [.. Enumerable.Range(first, count)];
        }
        int left = count / 2, right = count - left - 1, middle = first + left;
        int[] lower = Divide(first, left, hasExtraColumn: true, levels - 1), upper = Divide(middle + 1, right, hasExtraColumn, levels - 1);
        return Join(first, count, middle, hasExtraColumn, Merged(lower, upper));
    }

    private int[] Merged(int[] lower, int[] upper)
    {
        var merged = new int[lower.Length + upper.Length];
        for (int i = 0, a = 0, b = 0; i < merged.Length; i++) merged[i] = b == upper.Length || a < lower.Length && d[lower[a]] <= d[upper[b]] ? lower[a++] : upper[b++];
        return merged;
    }

    private int[] Join(int first, int count, int middle, bool hasExtraColumn, int[] order)
    {
        float alpha = d[middle], beta = e[middle], norm = Math.Max(Math.Abs(alpha), Math.Abs(beta));
        foreach (int i in order) norm = Math.Max(norm, d[i]);
        (alpha, beta) = (alpha / norm, beta / norm);
        foreach (int i in order) d[i] /= norm;
        float tolerance = 8 * Precision.Epsilon * Math.Max(d[order[^1]], Math.Max(Math.Abs(alpha), Math.Abs(beta)));
        var z = new float[vt.Length];
        for (int i = first; i <= middle; i++) z[i] = alpha * vt[i][middle];
        for (int i = middle + 1; i < first + count + (hasExtraColumn ? 1 : 0); i++) z[i] = beta * vt[i][middle + 1];
        var (kept, aside) = Deflate(order, z, tolerance);
        float head = z[middle];
        if (hasExtraColumn) head = JoinExtra(middle, first + count, z, tolerance);
        else if (Math.Abs(head) <= tolerance) head = tolerance;
        double[] poles = [0, .. kept.Select(i => (double)d[i])], parts = [head, .. kept.Select(i => (double)z[i])];
        if (poles.Length > 1 && Math.Abs(poles[1]) <= tolerance / 2) poles[1] = tolerance / 2;
        var unit = new float[vt[middle].Length];
        unit[middle] = 1;
        float[][] oldU = [unit, .. kept.Select(i => u[i])], oldV = [vt[middle], .. kept.Select(i => vt[i])];
        (float Value, float[] U, float[] V)[] back = [.. aside.Select(i => (d[i], u[i], vt[i]))];
        var (roots, newU, newV) = new SecularEquation(poles, parts).Solve(oldU, oldV);
        for (int i = 0; i < roots.Length; i++) (d[first + i], u[first + i], vt[first + i]) = ((float)roots[i] * norm, newU[i], newV[i]);
        for (int i = 0; i < back.Length; i++) (d[first + roots.Length + i], u[first + roots.Length + i], vt[first + roots.Length + i]) = (back[i].Value * norm, back[i].U, back[i].V);
        return Merged([.. Enumerable.Range(first, roots.Length)], [.. Enumerable.Range(first + roots.Length, back.Length).Reverse()]);
    }

    /// <summary>The row between the halves and that of the extra column become one that counts, and one that does not.</summary>
    private float JoinExtra(int middle, int extra, float[] z, float tolerance)
    {
        float head = MathF.Sqrt(z[middle] * z[middle] + z[extra] * z[extra]);
        if (head <= tolerance) return tolerance;
        PlaneRotation.Between(z[middle], z[extra]).Apply(vt[middle], vt[extra]);
        return head;
    }

    /// <summary>Those that stay, and those of no weight or equal to the next, which comes last first.</summary>
    private (List<int> Kept, List<int> Aside) Deflate(int[] order, float[] z, float tolerance)
    {
        List<int> kept = [], aside = [];
        int before = -1;
        foreach (int i in order)
        {
            if (Math.Abs(z[i]) <= tolerance)
            {
                aside.Insert(0, i);
                continue;
            }
            if (before >= 0 && Math.Abs(d[i] - d[before]) <= tolerance)
            {
                float length = MathF.Sqrt(z[i] * z[i] + z[before] * z[before]);
                var turn = PlaneRotation.Between(z[i], -z[before]);
                (z[i], z[before]) = (length, 0);
                turn.Apply(u[before], u[i]);
                turn.Apply(vt[before], vt[i]);
                aside.Insert(0, before);
            }
            else if (before >= 0) kept.Add(before);
            before = i;
        }
        if (before >= 0) kept.Add(before);
        return (kept, aside);
    }
}
