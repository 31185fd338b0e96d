using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Safetensors;

namespace Graft.Adapters.Binding.Values;

/// <summary>
/// Finds where the modules of a base are by the values of its weights: every constant of a layer is compared with every weight of a fitting
/// shape, up to factors of rows and columns that a converter may have folded in. A match must be close, and closer by far than any other; what
/// two modules fit equally well is bound by the names in the model alone, or not at all.
/// </summary>
internal sealed class ValueBinder
{
    /// <summary>The largest relative residual of a match: that of weights of 4 bits. A wrong module leaves about 1.</summary>
    private const double ResidualMax = 0.35;

    /// <summary>The same where the name agrees: weights of 2 bits leave as much.</summary>
    private const double NamedResidualMax = 0.85;

    /// <summary>The residual of 8-bit weights: what is closer is not told apart further.</summary>
    private const double ResidualClose = 0.01;

    /// <summary>How much worse the next best module must be.</summary>
    private const double Margin = 3;

    /// <summary>The cosine between the first rows, and the last, of joined weights and of a module that may be among them.</summary>
    private const double RowCosineMin = 0.7;

    private readonly Graph _graph;
    private readonly BaseWeights _weights;
    private readonly FoldedVectors _folds;
    private readonly Dictionary<string, Matrix> _transposed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<(Placement Place, ModuleKind Kind)>> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);

    private ValueBinder(Graph graph, BaseWeights weights) => (_graph, _weights, _folds) = (graph, weights, new(graph, weights));

    /// <param name="graph">The optimised graph of the model.</param>
    /// <param name="weights">The base's weights, by their names in torch.</param>
    public static ValueBinding Bind(Graph graph, SafetensorsFile weights) => new ValueBinder(graph, BaseWeights.Read(weights)).Bind();

    private ValueBinding Bind()
    {
        var constants = new ConstantBinder(_weights);
        foreach (var subgraph in _graph.Subgraphs)
        {
            foreach (var node in subgraph.Nodes)
            {
                if (WeightNode.Of(subgraph, node) is var (placement, kind)) Match(subgraph, node, placement, kind);
                else if (constants.Find(subgraph, node) is { Count: > 0 } found) Take(subgraph, node, found);
            }
        }
        var modules = _found.ToDictionary(f => f.Key, f => Binding(f.Key, f.Value), StringComparer.Ordinal);
        // Norms of which nothing is left but what was folded into weights.
        foreach (string source in modules.Values.SelectMany(m => m.Placements).SelectMany(p => new[] { p.ColumnFactor?.Source, p.RowFactor?.Source }).OfType<string>().ToArray())
        {
            string norm = source[..Math.Max(source.LastIndexOf('.'), 0)];
            if (norm.Length > 0) modules.TryAdd(norm, new(norm, ModuleKind.Vector, [], BindingEvidence.Values));
        }
        string[] all = [.. _weights.Matrices.Keys.Union(_weights.NormVectors(isWeight: true).Select(v => v.Module))];
        return new(new(modules), [.. all.Where(m => !modules.ContainsKey(m)).Select(m => (m, _reasons.GetValueOrDefault(m) ?? "its values are nowhere in the model"))]);
    }

    private static ModuleBinding Binding(string name, List<(Placement Place, ModuleKind Kind)> found)
    {
        bool isTable = found.Any(f => f.Kind == ModuleKind.Embedding);
        return new(name, isTable ? ModuleKind.Embedding : found[0].Kind, [.. found.Select(f => isTable && f.Kind == ModuleKind.Linear ? f.Place.AsTied() : f.Place)], BindingEvidence.Values);
    }

    private void Match(Subgraph subgraph, Node node, Placement placement, ModuleKind kind)
    {
        Matrix deployed;
        try
        {
            deployed = new NodeSite(_graph, placement, "").Weight();
        }
        catch (AdapterException)
        {
            return; // Its numbers stand for no weight.
        }
        if (kind == ModuleKind.Embedding) deployed = deployed.Transposed();
        var whole = Candidates(w => (w.Rows, w.Columns) == (deployed.Rows, deployed.Columns), kind).Select(c => new WeightMatch(c.Module, c.Weight, 0, RankOneFit.Of(c.Weight, deployed)));
        var matches = Chosen(subgraph, node, [.. whole]) is { } one ? [one] : kind == ModuleKind.Linear ? Joined(subgraph, node, deployed) : [];
        foreach (var match in matches) Record(match.Module, _folds.Explain(placement with { FirstRow = match.FirstRow }, match, deployed.Part(match.FirstRow, match.Weight.Rows)), kind);
    }

    /// <summary>Weights of a size, linear ones also transposed: torch has layers that keep theirs as (in, out).</summary>
    private IEnumerable<(string Module, Matrix Weight)> Candidates(Func<(int Rows, int Columns), bool> fits, ModuleKind kind)
    {
        foreach (var (module, weight) in _weights.Matrices)
        {
            if (fits((weight.Rows, weight.Columns))) yield return (module, weight);
            if (kind != ModuleKind.Linear || !fits((weight.Columns, weight.Rows))) continue;
            if (!_transposed.TryGetValue(module, out var transposed)) _transposed[module] = transposed = weight.Transposed();
            yield return (module, transposed);
        }
    }

    /// <summary>The module that is by far the nearest, or of those that are as near the one that the node is named after.</summary>
    private WeightMatch? Chosen(Subgraph subgraph, Node node, WeightMatch[] matches)
    {
        WeightMatch[] ranked = [.. matches.GroupBy(m => m.Module).Select(g => g.MinBy(m => m.Fit.Residual)!).Where(m => m.Fit.Residual <= NamedResidualMax).OrderBy(m => m.Fit.Residual)];
        if (ranked.Length == 0) return null;
        double limit = Margin * Math.Max(ranked[0].Fit.Residual, ResidualClose);
        WeightMatch[] rivals = [.. ranked.Where(m => m.Fit.Residual < limit)];
        if (rivals is [{ Fit.Residual: <= ResidualMax } one]) return one;
        WeightMatch[] named = [.. rivals.Where(r => IsNamed(subgraph, node, r.Module))];
        if (named is [var agreed]) return agreed;
        if (rivals.Length > 1 && rivals[0].Fit.Residual <= ResidualMax) Refuse([.. rivals.Select(r => r.Module)], Errors.Throw.Describe(subgraph, node));
        return null;
    }

    /// <summary>Modules whose weights follow one another in the rows of one; none when they do not fill it.</summary>
    private WeightMatch[] Joined(Subgraph subgraph, Node node, Matrix deployed)
    {
        var candidates = Candidates(w => w.Rows < deployed.Rows && w.Columns == deployed.Columns, ModuleKind.Linear).ToArray();
        var parts = new List<WeightMatch>();
        for (int row = 0; row < deployed.Rows; row += parts[^1].Weight.Rows)
        {
            var here = candidates.Where(c => row + c.Weight.Rows <= deployed.Rows && HasEnds(c.Weight, deployed, row))
                .Select(c => new WeightMatch(c.Module, c.Weight, row, RankOneFit.Of(c.Weight, deployed.Part(row, c.Weight.Rows))));
            if (Chosen(subgraph, node, [.. here]) is not { } next) return [];
            parts.Add(next);
        }
        return [.. parts];
    }

    private static bool HasEnds(Matrix weight, Matrix deployed, int row) =>
        RankOneFit.Cosine(weight.Row(0), deployed.Row(row)) > RowCosineMin && RankOneFit.Cosine(weight.Row(weight.Rows - 1), deployed.Row(row + weight.Rows - 1)) > RowCosineMin;

    private void Take(Subgraph subgraph, Node node, IReadOnlyList<ConstantMatch> found)
    {
        var best = found.Where(f => f.Distance <= Margin * found[0].Distance).ToArray();
        if (best.Length > 1) best = [.. best.Where(f => IsNamed(subgraph, node, f.Module))];
        if (best is [var one]) Record(one.Module, one.Placement, one.Kind);
        else Refuse([.. found.Select(f => f.Module)], Errors.Throw.Describe(subgraph, node));
    }

    private static bool IsNamed(Subgraph subgraph, Node node, string module) => TorchPath.Of(subgraph, node).Any(p => p.Names(module));

    private void Refuse(string[] modules, string node)
    {
        foreach (string module in modules)
        {
            string others = string.Join(", ", modules.Where(m => m != module).Take(3).Select(m => $"\"{m}\""));
            _reasons.TryAdd(module, $"its values and those of {others} fit {node} equally well");
        }
    }

    private void Record(string module, Placement placement, ModuleKind kind)
    {
        if (!_found.TryGetValue(module, out var places)) _found[module] = places = [];
        places.Add((placement, kind));
    }
}
