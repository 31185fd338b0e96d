using Graft.Adapters.Form;
using Graft.Graphs;

namespace Graft.Adapters.Binding.Values;

/// <summary>
/// What a converter folded into a weight and its bias, from the factors that a fit left: the vectors of a norm in front of the layer, a batch
/// norm behind it, named where the base has them, or plain numbers.
/// </summary>
internal sealed class FoldedVectors(Graph graph, BaseWeights weights)
{
    /// <summary>The part of a bias below which what the module's own does not explain is rounding.</summary>
    private const double OffsetMin = 0.01;

    /// <summary>The part that a vector of the base may leave of what it explains.</summary>
    private const double LeftMax = 0.1;

    /// <summary>Cosines of vectors that are the same but for the rounding of weights; that of norms which differ is smaller still.</summary>
    private const double ParallelMin = 0.995;

    /// <param name="placement">The place.</param>
    /// <param name="match">What is there.</param>
    /// <param name="deployed">The weight that the model has there.</param>
    public Placement Explain(Placement placement, WeightMatch match, Matrix deployed)
    {
        var (f, g) = (match.Fit.Rows, match.Fit.Columns);
        var (factor, offset) = (Vector(f), default(FoldedVector));
        var column = Vector(g);
        if (g is not null && NormOf(g, placement, match) is var (norm, values))
        {
            column = new(norm + ".weight", [.. values]);
            float[] rows = Beside(match, values);
            f = RankOneFit.IsAsGood(match.Weight, deployed, (null, values), (rows, values)) ? null : rows;
            factor = Vector(f);
        }
        else if (f is not null && g is null && BatchNormOf(f, match, deployed) is var (name, exact, shift))
        {
            (factor, offset) = (new(name + ".weight", [.. exact]), new(name + ".bias", [.. shift]));
            f = exact;
        }
        placement = placement with { RowFactor = factor, ColumnFactor = column };
        if (offset is not null) return placement with { OutputOffset = offset };
        if (Unexplained(placement, match, f) is not { } rest) return placement;
        return Offset(column, rest, match, f) is { } beta ? placement with { InputOffset = beta } : placement with { OutputOffset = new("", [.. rest]) };
    }

    /// <summary>The node's bias without f b; null when that is nothing, or it has none.</summary>
    private float[]? Unexplained(Placement placement, WeightMatch match, float[]? f)
    {
        if (new NodeSite(graph, placement, match.Module).Bias() is not { } bias) return null;
        float[] here = bias.AsSpan(placement.FirstRow, match.Weight.Rows).ToArray();
        float[] own = weights.Bias(match.Module) is { } b && b.Length == here.Length ? b : new float[here.Length];
        float[] rest = [.. here.Select((v, i) => v - (f?[i] ?? 1) * own[i])];
        return Size(rest) > OffsetMin * Size(here) ? rest : null;
    }

    /// <summary>The bias of the norm whose image, f W beta, is the rest of the node's bias: first of all of the norm whose weight was folded.</summary>
    private FoldedVector? Offset(FoldedVector? column, float[] rest, WeightMatch match, float[]? f)
    {
        var candidates = weights.NormVectors(isWeight: false).Where(v => v.Values.Length == match.Weight.Columns)
            .Where(v => column is not { Source: not "" } || column.Source == v.Module + ".weight");
        var best = candidates.Select(v => (v.Module, v.Values, Left: Left(rest, match, f, v.Values))).OrderBy(v => v.Left).FirstOrDefault();
        return best.Values is not null && best.Left < LeftMax ? new(best.Module + ".bias", [.. best.Values]) : null;
    }

    /// <summary>The part of a rest that f W beta does not explain.</summary>
    private static double Left(float[] rest, WeightMatch match, float[]? f, float[] beta)
    {
        float[] image = match.Weight.Times(beta);
        return Size([.. rest.Select((r, i) => r - (f?[i] ?? 1) * image[i])]) / Size(rest);
    }

    /// <summary>The norm whose weight the factors of columns are, up to one number; of those that are as near, the one whose bias explains the node's.</summary>
    private (string Module, float[] Values)? NormOf(float[] g, Placement placement, WeightMatch match)
    {
        var near = weights.NormVectors(isWeight: true).Where(v => v.Values.Length == g.Length).Select(v => (v.Module, v.Values, Cosine: RankOneFit.Cosine(v.Values, g)))
            .Where(v => v.Cosine > ParallelMin).OrderByDescending(v => v.Cosine).ToArray();
        if (near.Length == 0) return null;
        var rivals = near.Where(v => 1 - v.Cosine <= 2 * (1 - near[0].Cosine) + 1e-9).ToArray();
        if (rivals.Length > 1) rivals = [.. rivals.Where(r => Explains(r.Module + ".bias", Beside(match, r.Values)))];
        return rivals is [var one] ? (one.Module, one.Values) : null;

        bool Explains(string bias, float[] f) =>
            Unexplained(placement, match, f) is { } rest && weights.Vectors.TryGetValue(bias, out float[]? beta) && beta.Length == g.Length && Left(rest, match, f, beta) < LeftMax;
    }

    /// <summary>The factors of rows that go with a norm's weight for columns.</summary>
    private static float[] Beside(WeightMatch match, float[] columns)
    {
        float times = RankOneFit.Ratio(match.Fit.Columns!, columns);
        return match.Fit.Rows is { } rows ? Array.ConvertAll(rows, r => r * times) : [.. Enumerable.Repeat(times, match.Weight.Rows)];
    }

    private (string Module, float[] Factor, float[] Offset)? BatchNormOf(float[] f, WeightMatch match, Matrix deployed)
    {
        var near = weights.BatchNorms().Where(n => n.Factor.Length == f.Length && RankOneFit.IsAsGood(match.Weight, deployed, (n.Factor, null), (f, null)))
            .OrderByDescending(n => RankOneFit.Cosine(n.Factor, f)).ToArray();
        return near.Length == 0 ? null : near[0];
    }

    private static FoldedVector? Vector(float[]? values) => values is null ? null : new("", [.. values]);

    private static double Size(float[] values) => values.Sum(v => Math.Abs((double)v));
}
