using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;
using Graft.Safetensors;

namespace Graft.Adapters.Binding;

/// <summary>
/// Finds where the modules of a base are by the values of its weights: every weight is compared with every constant of a fitting shape, up
/// to factors of rows and columns that a converter may have folded in. A match must be close, and closer by far than any other.
/// </summary>
internal sealed class ValueBinder
{
    /// <summary>The largest relative residual of a match: that of weights of 4 bits. A wrong module leaves about 1.</summary>
    private const double ResidualMax = 0.35;

    /// <summary>The residual of 8-bit weights: what is closer is not told apart further.</summary>
    private const double ResidualClose = 0.01;

    /// <summary>How much worse the next best module must be.</summary>
    private const double Margin = 3;

    /// <summary>The part of a bias below which what the module's own does not explain is rounding.</summary>
    private const double OffsetMin = 0.01;

    private readonly Graph _graph;
    private readonly Dictionary<string, float[]> _vectors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Matrix> _weights = new(StringComparer.Ordinal);

    private ValueBinder(Graph graph, SafetensorsFile weights)
    {
        _graph = graph;
        foreach (var tensor in weights.Tensors)
        {
            if (Floats32(tensor) is not { } values) continue;
            if (tensor.Shape.Length == 1) _vectors[tensor.Name] = values;
            else if (tensor.Shape.Length is 2 or 4 && tensor.Name.EndsWith(".weight", StringComparison.Ordinal))
                _weights[tensor.Name[..^".weight".Length]] = new((int)tensor.Shape[0], values.Length / (int)tensor.Shape[0], values);
        }
    }

    /// <param name="graph">The optimised graph of the model.</param>
    /// <param name="weights">The base's weights, by their names in torch.</param>
    public static BindingMap Bind(Graph graph, SafetensorsFile weights) => new ValueBinder(graph, weights).Bind();

    private BindingMap Bind()
    {
        var placements = new SortedDictionary<string, (ModuleKind Kind, List<Placement> Places)>(StringComparer.Ordinal);
        foreach (var subgraph in _graph.Subgraphs)
        {
            foreach (var node in subgraph.Nodes)
            {
                if (WeightNode.Of(subgraph, node) is { } site) Match(site.Placement, site.Kind, placements);
                else MatchVector(subgraph, node, placements);
            }
        }
        return new(placements.ToDictionary(p => p.Key, p => new ModuleBinding(p.Key, p.Value.Kind, [.. p.Value.Places], BindingEvidence.Values), StringComparer.Ordinal));
    }

    private void Match(Placement placement, ModuleKind kind, SortedDictionary<string, (ModuleKind Kind, List<Placement> Places)> found)
    {
        var site = new NodeSite(_graph, placement, "");
        var deployed = site.Weight();
        if (kind == ModuleKind.Embedding) deployed = deployed.Transposed();
        var matches = _weights.Where(w => w.Value.Rows == deployed.Rows && w.Value.Columns == deployed.Columns)
            .Select(w => (w.Key, Fit: RankOneFit.Of(w.Value, deployed))).OrderBy(m => m.Fit.Residual).ToArray();
        if (matches.Length == 0 || matches[0].Fit.Residual > ResidualMax) return;
        // Equal weights, as of tied layers, cannot be told apart by their values: all of them are meant.
        bool isClear = matches.Length == 1 || matches[1].Fit.Residual >= Margin * Math.Max(matches[0].Fit.Residual, ResidualClose);
        foreach (var (name, fit) in isClear ? matches[..1] : matches.Where(m => SameAs(m.Key, matches[0].Key)).ToArray())
            Record(found, name, kind, Folded(placement, name, fit, deployed));
    }

    private bool SameAs(string a, string b) => _weights[a].Values.AsSpan().SequenceEqual(_weights[b].Values);

    private static void Record(SortedDictionary<string, (ModuleKind Kind, List<Placement> Places)> found, string name, ModuleKind kind, Placement placement)
    {
        if (!found.TryGetValue(name, out var entry)) found[name] = entry = (kind, []);
        if (entry.Kind == ModuleKind.Embedding && kind == ModuleKind.Linear) placement = placement.AsTied();
        entry.Places.Add(placement);
    }

    /// <summary>What was folded, by name where it is a vector of the base: a norm's weight, and with it its bias.</summary>
    private Placement Folded(Placement placement, string module, RankOneFit fit, Matrix deployed)
    {
        if (fit.IsPlain) return placement;
        string? norm = _vectors.Keys.FirstOrDefault(v => v.EndsWith(".weight", StringComparison.Ordinal) && fit.Columns is not null && RankOneFit.AreParallel(_vectors[v], fit.Columns));
        if (norm is null) return placement with { RowFactor = Vector(fit.Rows), ColumnFactor = Vector(fit.Columns), OutputOffset = Offset(placement, module, fit.Rows) };
        float times = RankOneFit.Ratio(fit.Columns!, _vectors[norm]);
        float[]? rows = fit.Rows is null ? null : Array.ConvertAll(fit.Rows, r => r * times);
        string bias = norm[..^"weight".Length] + "bias";
        bool hasOffset = _vectors.TryGetValue(bias, out float[]? beta) && ExplainsBias(placement, module, rows, beta);
        return placement with
        {
            RowFactor = rows is not null && RankOneFit.NeedsRows(_weights[module], deployed, rows, _vectors[norm]) ? Vector(rows) : null,
            ColumnFactor = new(norm, [.. _vectors[norm]]),
            InputOffset = hasOffset ? new(bias, [.. beta!]) : null,
        };
    }

    /// <summary>Whether the node's bias is that of the module with W beta added.</summary>
    private bool ExplainsBias(Placement placement, string module, float[]? rows, float[] beta) => beta.Length == _weights[module].Columns
        && Unexplained(placement, module, rows, beta) is { } with && Unexplained(placement, module, rows, null) is { } without && Size(with) < Size(without);

    /// <summary>What was added behind the module's factor, as by a batch norm; null where the module's own bias is all there is.</summary>
    private FoldedVector? Offset(Placement placement, string module, float[]? rows)
    {
        if (Unexplained(placement, module, rows, null) is not { } rest) return null;
        return Size(rest) > OffsetMin * Size(new NodeSite(_graph, placement, module).Bias()!) ? Vector(rest) : null;
    }

    /// <summary>The node's bias without f (b + W beta); null when it has none.</summary>
    private float[]? Unexplained(Placement placement, string module, float[]? rows, float[]? beta)
    {
        if (new NodeSite(_graph, placement, module).Bias() is not { } bias) return null;
        float[] own = _vectors.GetValueOrDefault(module + ".bias") ?? new float[bias.Length];
        float[]? offset = beta is null ? null : _weights[module].Times(beta);
        return [.. bias.Select((b, i) => b - (rows?[i] ?? 1) * (own[i] + (offset?[i] ?? 0)))];
    }

    private static double Size(float[] values) => values.Sum(v => Math.Abs((double)v));

    private void MatchVector(Subgraph subgraph, Node node, SortedDictionary<string, (ModuleKind Kind, List<Placement> Places)> found)
    {
        var orientation = node.Op is Mul ? Orientation.Vector : Orientation.BiasVector;
        if (node.Op is not (Mul or Ops.Add)) return;
        for (int operand = 0; operand < 2; operand++)
        {
            var tensor = subgraph.Tensors[node.Inputs[operand]];
            if (!tensor.Constant.IsPresent || tensor.Type is not DType.Float32) continue;
            var values = tensor.Constant.As<float>().ToArray();
            string end = orientation == Orientation.Vector ? ".weight" : ".bias";
            foreach (var (name, vector) in _vectors)
            {
                if (!name.EndsWith(end, StringComparison.Ordinal) || _weights.ContainsKey(name[..^end.Length]) || !vector.AsSpan().SequenceEqual(values)) continue;
                Record(found, name[..^end.Length], ModuleKind.Vector, new() { Subgraph = subgraph.Index, Node = node.Origin.Last, Operand = operand, Orientation = orientation });
            }
        }
    }

    private static FoldedVector? Vector(float[]? values) => values is null ? null : new("", [.. values]);

    private static float[]? Floats32(SafetensorsTensor tensor) => tensor.Type switch
    {
        SafetensorsDType.F32 => FloatBytes.Single(tensor),
        SafetensorsDType.F16 => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.Bytes).ToArray(), v => (float)v),
        SafetensorsDType.BF16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(tensor.Bytes).ToArray(), v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
        _ => null,
    };
}
