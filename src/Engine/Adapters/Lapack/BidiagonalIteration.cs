namespace Graft.Adapters.Lapack;

/// <summary>
/// The singular values of a bidiagonal matrix by implicit QR steps (Demmel and Kahan 1990), in the order and with the tests of LAPACK's BDSQR: which
/// sign a singular vector gets depends on them. Columns of U and rows of Vᵀ turn along.
/// </summary>
/// <param name="d">The diagonal.</param>
/// <param name="e">Elements above it.</param>
/// <param name="u">Columns of U.</param>
/// <param name="vt">Rows of Vᵀ.</param>
internal sealed class BidiagonalIteration(float[] d, float[] e, float[][] u, float[][] vt)
{
    private const int SweepsPerValue = 6;

    private static readonly float s_tolerance = Math.Clamp(MathF.Pow(Precision.Epsilon, -0.125f), 10, 100) * Precision.Epsilon;

    private float _threshold;

    /// <summary>Makes a block diagonal, its singular values ascending.</summary>
    /// <param name="first">Where the block begins.</param>
    /// <param name="count">Its rows.</param>
    /// <param name="hasExtraColumn">Whether it has one column more.</param>
    public void Run(int first, int count, bool hasExtraColumn)
    {
        if (hasExtraColumn) DropColumn(first, count);
        Iterate(first, count);
        for (int i = first; i < first + count; i++)
        {
            if (d[i] >= 0) continue;
            d[i] = -d[i];
            for (int k = 0; k < vt[i].Length; k++) vt[i][k] = -vt[i][k];
        }
        for (int i = first; i < first + count; i++)
        {
            int least = i;
            for (int j = i + 1; j < first + count; j++) least = d[j] < d[least] ? j : least;
            (d[i], d[least], u[i], u[least], vt[i], vt[least]) = (d[least], d[i], u[least], u[i], vt[least], vt[i]);
        }
    }

    /// <summary>Rotates the extra column away, which leaves what is below the diagonal, and that back above it.</summary>
    private void DropColumn(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            Turn(i, i + 1 < first + count).Apply(vt[i], vt[i + 1]);
        }
        for (int i = first; i < first + count - 1; i++) Turn(i, true).Apply(u[i], u[i + 1]);
    }

    private PlaneRotation Turn(int i, bool hasNext)
    {
        var turn = PlaneRotation.Of(d[i], e[i]);
        (d[i], e[i]) = (turn.R, hasNext ? turn.S * d[i + 1] : 0);
        if (hasNext) d[i + 1] *= turn.C;
        return turn;
    }

    private void Iterate(int first, int count)
    {
        _threshold = Threshold(first, count);
        int last = first + count - 1, oldFirst = -1, oldLast = -1, step = 0;
        for (long left = (long)SweepsPerValue * count * count; last > first; left--)
        {
            if (left < 0) throw new AdapterException("the singular values of a weight do not converge");
            int begin = Begin(first, last, out float greatest);
            if (begin == last)
            {
                last--;
                continue;
            }
            if (begin == last - 1)
            {
                var pair = TriangularPair.Of(d[begin], e[begin], d[last]);
                (d[begin], e[begin], d[last]) = (pair.Greater, 0, pair.Less);
                pair.Right.Apply(vt[begin], vt[last]);
                pair.Left.Apply(u[begin], u[last]);
                last -= 2;
                continue;
            }
            if (begin > oldLast || last < oldFirst) step = MathF.Abs(d[begin]) >= MathF.Abs(d[last]) ? 1 : -1;
            var (from, to) = step > 0 ? (begin, last) : (last, begin);
            if (HasConverged(from, to, step, out float least)) continue;
            (oldFirst, oldLast) = (begin, last);
            float shift = Shift(from, to, step, count, least, greatest);
            if (shift == 0) SweepUnshifted(from, to, step);
            else Sweep(from, to, step, shift);
        }
    }

    private float Threshold(int first, int count)
    {
        float mu = MathF.Abs(d[first]), least = mu;
        for (int i = first + 1; i < first + count && least != 0; i++)
        {
            mu = MathF.Abs(d[i]) * (mu / (mu + MathF.Abs(e[i - 1])));
            least = MathF.Min(least, mu);
        }
        return MathF.Max(s_tolerance * (least / MathF.Sqrt(count)), SweepsPerValue * ((float)count * count * Precision.Smallest));
    }

    /// <summary>Where the block that ends with a row begins.</summary>
    private int Begin(int first, int last, out float greatest)
    {
        greatest = MathF.Abs(d[last]);
        for (int i = last - 1; i >= first; i--)
        {
            if (MathF.Abs(e[i]) <= _threshold)
            {
                e[i] = 0;
                return i + 1;
            }
            greatest = MathF.Max(greatest, MathF.Max(MathF.Abs(d[i]), MathF.Abs(e[i])));
        }
        return first;
    }

    private bool HasConverged(int from, int to, int step, out float least)
    {
        least = 0;
        int end = Math.Min(to, to - step);
        if (MathF.Abs(e[end]) <= s_tolerance * MathF.Abs(d[to]))
        {
            e[end] = 0;
            return true;
        }
        float mu = least = MathF.Abs(d[from]);
        for (int i = from; i != to; i += step)
        {
            int k = Math.Min(i, i + step);
            if (MathF.Abs(e[k]) <= s_tolerance * mu)
            {
                e[k] = 0;
                return true;
            }
            mu = MathF.Abs(d[i + step]) * (mu / (mu + MathF.Abs(e[k])));
            least = MathF.Min(least, mu);
        }
        return false;
    }

    private float Shift(int from, int to, int step, int count, float least, float greatest)
    {
        if (count * s_tolerance * (least / greatest) <= MathF.Max(Precision.Epsilon, 0.01f * s_tolerance)) return 0;
        int low = Math.Min(to, to - step);
        float shift = TriangularPair.Smaller(d[low], e[low], d[low + 1]), ratio = shift / MathF.Abs(d[from]);
        return MathF.Abs(d[from]) > 0 && ratio * ratio < Precision.Epsilon ? 0 : shift;
    }

    private void SweepUnshifted(int from, int to, int step)
    {
        var (one, other) = step > 0 ? (vt, u) : (u, vt);
        float cosine = 1, oldCosine = 1, oldSine = 0;
        int before = 0;
        for (int i = from; i != to; i += step)
        {
            int next = i + step, k = Math.Min(i, next);
            var first = PlaneRotation.Of(d[i] * cosine, e[k]);
            if (i != from) e[before] = oldSine * first.R;
            var second = PlaneRotation.Of(oldCosine * first.R, d[next] * first.S);
            d[i] = second.R;
            first.Apply(one[i], one[next]);
            second.Apply(other[i], other[next]);
            (cosine, oldCosine, oldSine, before) = (first.C, second.C, second.S, k);
        }
        float rest = d[to] * cosine;
        (d[to], e[before]) = (rest * oldCosine, Significant(rest * oldSine));
    }

    private void Sweep(int from, int to, int step, float shift)
    {
        var (one, other) = step > 0 ? (vt, u) : (u, vt);
        float f = (MathF.Abs(d[from]) - shift) * (MathF.CopySign(1, d[from]) + shift / d[from]), g = e[Math.Min(from, from + step)];
        int before = 0;
        for (int i = from; i != to; i += step)
        {
            int next = i + step, k = Math.Min(i, next);
            var first = PlaneRotation.Of(f, g);
            if (i != from) e[before] = first.R;
            (f, e[k], g) = (first.C * d[i] + first.S * e[k], first.C * e[k] - first.S * d[i], first.S * d[next]);
            d[next] *= first.C;
            var second = PlaneRotation.Of(f, g);
            d[i] = second.R;
            (f, d[next]) = (second.C * e[k] + second.S * d[next], second.C * d[next] - second.S * e[k]);
            if (next != to)
            {
                int after = Math.Min(next, next + step);
                (g, e[after]) = (second.S * e[after], second.C * e[after]);
            }
            first.Apply(one[i], one[next]);
            second.Apply(other[i], other[next]);
            before = k;
        }
        e[before] = Significant(f);
    }

    private float Significant(float value) => MathF.Abs(value) <= _threshold ? 0 : value;
}
