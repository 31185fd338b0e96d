namespace Graft.Adapters.Lapack;

/// <summary>The singular values of [f g; 0 h], with the signs that LAPACK's LASV2 gives them, and the rotations.</summary>
internal readonly record struct TriangularPair(float Greater, float Less, PlaneRotation Left, PlaneRotation Right)
{
    public static TriangularPair Of(float f, float g, float h)
    {
        bool isSwapped = MathF.Abs(h) > MathF.Abs(f);
        var (ft, ht) = isSwapped ? (h, f) : (f, h);
        float fa = MathF.Abs(ft), ha = MathF.Abs(ht), ga = MathF.Abs(g), less, greater, cl, sl, cr, sr;
        int largest = isSwapped ? 3 : 1;
        if (ga == 0) (less, greater, cl, sl, cr, sr) = (ha, fa, 1, 0, 1, 0);
        else if (ga > fa && fa / ga < Precision.Epsilon)
        {
            largest = 2;
            (greater, less) = (ga, ha > 1 ? fa / (ga / ha) : fa / ga * ha);
            (cl, sl, sr, cr) = (1, ht / g, 1, ft / g);
        }
        else
        {
            if (ga > fa) largest = 2;
            float difference = fa - ha, l = difference == fa ? 1 : difference / fa, m = g / ft, t = 2 - l, mm = m * m;
            float s = MathF.Sqrt(t * t + mm), r = l == 0 ? MathF.Abs(m) : MathF.Sqrt(l * l + mm), a = 0.5f * (s + r);
            (less, greater) = (ha / a, fa * a);
            if (mm != 0) t = (m / (s + t) + m / (r + l)) * (1 + a);
            else t = l == 0 ? MathF.CopySign(2, ft) * MathF.CopySign(1, g) : g / MathF.CopySign(difference, ft) + m / t;
            l = MathF.Sqrt(t * t + 4);
            (cr, sr) = (2 / l, t / l);
            (cl, sl) = ((cr + sr * m) / a, ht / ft * sr / a);
        }
        if (isSwapped) (cl, sl, cr, sr) = (sr, cr, sl, cl);
        float sign = largest switch
        {
            1 => MathF.CopySign(1, cr) * MathF.CopySign(1, cl) * MathF.CopySign(1, f),
            2 => MathF.CopySign(1, sr) * MathF.CopySign(1, cl) * MathF.CopySign(1, g),
            _ => MathF.CopySign(1, sr) * MathF.CopySign(1, sl) * MathF.CopySign(1, h),
        };
        return new(MathF.CopySign(greater, sign), MathF.CopySign(less, sign * MathF.CopySign(1, f) * MathF.CopySign(1, h)), new(cl, sl, 0), new(cr, sr, 0));
    }

    /// <summary>The smaller singular value.</summary>
    public static float Smaller(float f, float g, float h)
    {
        float least = MathF.Min(MathF.Abs(f), MathF.Abs(h)), most = MathF.Max(MathF.Abs(f), MathF.Abs(h)), ga = MathF.Abs(g);
        if (least == 0) return 0;
        float sum = 1 + least / most, difference = (most - least) / most;
        if (ga < most)
        {
            float square = ga / most * (ga / most);
            return least * (2 / (MathF.Sqrt(sum * sum + square) + MathF.Sqrt(difference * difference + square)));
        }
        float ratio = most / ga;
        if (ratio == 0) return least * most / ga;
        return 2 * (least / (MathF.Sqrt(1 + sum * ratio * (sum * ratio)) + MathF.Sqrt(1 + difference * ratio * (difference * ratio))) * ratio);
    }
}
