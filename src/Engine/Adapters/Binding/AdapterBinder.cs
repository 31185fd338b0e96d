using System.Runtime.InteropServices;
using Graft.Adapters.Binding.Values;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;
using Graft.Adapters.Running;
using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Adapted;
using Graft.Runtime;

namespace Graft.Adapters.Binding;

/// <summary>
/// Resolves an adapter against the model that it is bound to: terms of modules become packed deltas of nodes, replaced norm vectors become
/// overrides of constants, and what converters folded of those into other weights is changed along.
/// </summary>
internal sealed class AdapterBinder
{
    private readonly Graph _graph, _source;
    private readonly BindingMap _map;
    private readonly ModuleSizes _sizes;
    private readonly Lazy<AdapterTensors?> _stored;
    private readonly Dictionary<string, float[]> _replaced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BatchNormChange> _batchNorms = new(StringComparer.Ordinal);
    private readonly HashSet<(int Subgraph, int Node)> _claimed = [];
    private readonly SortedDictionary<int, (SlotBuilder Builder, NodeSite Site)> _slots = [];
    private readonly SortedDictionary<int, (LinearTerms Terms, NodeSite Site)> _lookups = [];
    private readonly SortedDictionary<int, PrefixSite> _prefixes = [];
    private readonly SortedDictionary<int, SlotBuilder> _outputs = [];
    private readonly Dictionary<int, TokenMask> _masks = [];
    private readonly List<ConstantOverride> _overrides = [];
    private readonly List<AdapterModule> _report = [];
    private bool _isActive;

    private AdapterBinder(Graph graph, Graph source, AdapterParts parts)
    {
        _map = TiedOutput.Named(parts.Map, parts.Adapters.SelectMany(p => p.Imported.Changes).Select(c => c.Module).Distinct(StringComparer.Ordinal));
        (_graph, _source, _sizes) = (graph, source, new(graph, _map, parts.BaseWeights));
        _stored = new(() => parts.BaseWeights is { } path ? AdapterTensors.Open(path, "") : null);
    }

    /// <param name="graph">The optimised graph of the model.</param>
    /// <param name="source">The graph as the file says.</param>
    /// <param name="parts">Adapters that act together, and where modules are.</param>
    /// <exception cref="AdapterException">A module is not in the map, or does not fit the model.</exception>
    public static ResolvedAdapter Resolve(Graph graph, Graph source, AdapterParts parts)
    {
        var binder = new AdapterBinder(graph, source, parts);
        try
        {
            return binder.Resolve(parts);
        }
        catch
        {
            foreach (var one in binder._overrides) one.Memory.Dispose();
            throw;
        }
        finally
        {
            if (binder._stored.IsValueCreated) binder._stored.Value?.Dispose();
        }
    }

    private ResolvedAdapter Resolve(AdapterParts parts)
    {
        var modules = parts.Adapters.SelectMany(p => p.Imported.Changes.Select(c => (Change: c, p.Scale))).GroupBy(c => Known(c.Change.Module), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        string[] unknown = [.. modules.Keys.Where(m => !_map.Modules.ContainsKey(m)).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0 && (!parts.IsPartial || unknown.Length == modules.Count))
        {
            throw new AdapterException($"{unknown.Length} of {modules.Count} modules of the adapter are not bound to anything in the model: "
                + $"{string.Join(", ", unknown.Take(4).Select(m => $"\"{m}\""))}{(unknown.Length > 4 ? ", ..." : "")}");
        }
        foreach (string name in unknown) modules.Remove(name);
        foreach (var (name, changes) in modules)
        {
            var binding = _map.Modules[name];
            foreach (var placement in binding.Placements.Where(p => !p.IsTied)) _claimed.Add((placement.Subgraph, placement.Node));
            if (changes is [(BatchNormChange norm, _)]) ReplaceBatchNorm(binding, norm);
            else if (binding.Kind == ModuleKind.Vector) ReplaceVectors(binding, changes);
        }
        foreach (var binding in _map.Modules.Values)
        {
            if (binding.Kind == ModuleKind.Vector) continue;
            bool isChanged = modules.TryGetValue(binding.Name, out var changes);
            if (isChanged || binding.Placements.Any(DependsOnReplaced)) Change(binding, changes ?? []);
        }
        foreach (var (imported, scale) in parts.Adapters)
        {
            if (imported.Prefix is { } prefix) BindPrefix(prefix, scale, parts.BaseWeights);
        }
        return new(_graph.SlotCount, _slots, _lookups, _prefixes, [.. _overrides], [.. _report], [.. unknown], _isActive) { Outputs = _outputs };
    }

    /// <summary>The name under which the map has a module: torch's attention has its input projections as a parameter of its own.</summary>
    private string Known(string module) => !_map.Modules.ContainsKey(module) && _map.Modules.ContainsKey(module + ".in_proj_weight") ? module + ".in_proj_weight" : module;

    private void ReplaceBatchNorm(ModuleBinding binding, BatchNormChange norm)
    {
        bool isFolded = _map.Modules.Values.Any(m => m.Placements.Any(p => p.RowFactor?.Source == binding.Name + ".weight"));
        if (!isFolded) throw new AdapterException($"module \"{binding.Name}\": this batch norm is not folded into any layer of the model");
        _batchNorms[binding.Name] = norm;
        _isActive = true;
        _report.Add(new(binding.Name, "folded into the layer before it", binding.Evidence.ToString()));
    }

    /// <summary>New values for the vectors of a norm.</summary>
    private void ReplaceVectors(ModuleBinding binding, (IModuleChange Change, float Scale)[] changes)
    {
        var (weight, shift) = Vectors(binding);
        int length = (weight ?? shift ?? throw new AdapterException($"module \"{binding.Name}\" is bound to nothing")).Length;
        var module = new BaseModule(binding.Name, ModuleKind.Vector, length, 1, default, () => new(length, 1, weight ?? Missing("weight")), () => shift ?? Missing("bias"), shift is not null);
        var terms = new LinearTerms(length, 1);
        foreach (var (change, factor) in changes) change.Resolve(module, factor, terms);
        if (terms.LowRanks.Count > 0 || terms.Scale is not null || terms.Branches.Count > 0) throw new AdapterException($"module \"{binding.Name}\" is a norm; only its vectors can be replaced");
        _isActive |= !terms.IsZero;
        _report.Add(new(binding.Name, "vectors of a norm", binding.Evidence.ToString()));
        if (terms.Dense is { } dense) Override(binding, Orientation.Vector, "weight", module.Weight.Plus(dense).Values);
        if (terms.Bias is { } bias) Override(binding, Orientation.BiasVector, "bias", [.. module.Bias.Zip(bias, (a, b) => a + b)]);

        if (terms.Functions.Count > 0) ChangeOutput(binding, terms.Functions, length);

        float[] Missing(string parameter) => throw new AdapterException($"module \"{binding.Name}\": the model does not have its {parameter}");
    }

    /// <summary>Functions of what a norm yields.</summary>
    private void ChangeOutput(ModuleBinding binding, IReadOnlyList<IRowFunction> functions, int width)
    {
        foreach (var output in NormOutput.Find(_graph, _map, binding))
        {
            if (output.Node.Slot < 0 || output.Node.Op is not IChangeable)
                throw new AdapterException($"module \"{binding.Name}\": {Errors.Throw.Describe(output.Subgraph, output.Node)} writes what this norm yields, and takes no adapter");
            var terms = new LinearTerms(width, width);
            foreach (var function in functions) terms.AddFunction(output.Factor is { } g ? new AffineRows(function, g, output.Offset!) : function);
            if (!_outputs.TryGetValue(output.Node.Slot, out var builder)) _outputs[output.Node.Slot] = builder = new SlotBuilder(width, width, default);
            if (functions.Any(f => f.Ends is not null)) builder.Mask = MaskOf(output.Subgraph);
            builder.Add(terms, 0, binding.Name);
        }
    }

    /// <summary>The input that tells tokens from padding.</summary>
    private TokenMask MaskOf(Subgraph subgraph)
    {
        if (_masks.TryGetValue(subgraph.Index, out var mask)) return mask;
        mask = _masks[subgraph.Index] = MaskSearch.Find(_graph, subgraph);
        _report.Add(new("mask of tokens", $"input {subgraph.Tensors[mask.Tensor]}", BindingEvidence.Graph.ToString()));
        return mask;
    }

    /// <summary>The vectors of a norm, which may be left only in what converters made of it.</summary>
    private (float[]? Weight, float[]? Bias) Vectors(ModuleBinding binding)
    {
        return (At(Orientation.Vector) ?? FoldedAs(p => p.ColumnFactor, binding.Name + ".weight"), At(Orientation.BiasVector) ?? FoldedAs(p => p.InputOffset, binding.Name + ".bias"));

        float[]? At(Orientation orientation) => binding.Placements.FirstOrDefault(p => p.Orientation == orientation) is { } placement
            ? new NodeSite(_graph, placement, binding.Name).Weight().Values : null;
    }

    /// <summary>The norm behind a node and what is added to it.</summary>
    private NormVectors Norm(string name, NodeSite site)
    {
        if (!_map.Modules.TryGetValue(name, out var binding) || Vectors(binding) is not ({ } weight, { } bias))
            throw new AdapterException($"module \"{name}\": the adapter sees what this norm yields, but its vectors are not bound to anything in the model");
        if (site.Residual is not { } residual || NormBehind.Epsilon(_source.Subgraphs[site.Subgraph.Index], residual.Sum.Outputs[0]) is not { } epsilon)
            throw new AdapterException($"module \"{name}\": {site}: the adapter sees what this norm yields, but the model has no norm behind this node");
        return new(weight, bias, epsilon);
    }

    private float[]? FoldedAs(Func<Placement, FoldedVector?> which, string source) =>
        _map.Modules.Values.SelectMany(m => m.Placements).Select(which).FirstOrDefault(v => v?.Source == source) is { } vector ? Values(vector) : null;

    private void Override(ModuleBinding binding, Orientation orientation, string parameter, float[] values)
    {
        var placements = binding.Placements.Where(p => p.Orientation == orientation).ToArray();
        _replaced[$"{binding.Name}.{parameter}"] = values;
        foreach (var placement in placements)
        {
            var site = new NodeSite(_graph, placement, binding.Name);
            var others = site.Subgraph.Nodes.Where(n => n != site.Node && n.Inputs.Contains(site.WeightTensor));
            if (others.Any(n => !placements.Any(p => n.Origin.Sources.Contains(p.Node))))
                throw new AdapterException($"module \"{binding.Name}\": {site}: its {parameter} is shared with other nodes");
            _overrides.Add(new(placement.Subgraph, site.WeightTensor, ConstantBytes.Of(site.Subgraph.Tensors[site.WeightTensor], values)));
        }
    }

    private void BindPrefix(KeyValuePrefix prefix, float scale, string? baseWeights)
    {
        if (scale != 1) throw new AdapterException($"keys and values before the sequence have no scale (asked for: {scale}); use 1");
        foreach (var (slot, site) in PrefixBinder.Bind(_graph, _map, prefix))
        {
            _prefixes.Add(slot, site);
            _report.Add(new($"attention {site.Layer}", site.Where, BindingEvidence.Graph.ToString()));
        }
        _isActive = true;
        if (!prefix.MovesPositions) return;
        var rows = new PositionRows(baseWeights);
        bool isMoved = _prefixes.Values.Any(p => p.IsTurned);
        foreach (var binding in _map.Modules.Values)
        {
            foreach (var placement in binding.Placements.Where(p => p.Orientation is Orientation.ConstantRows or Orientation.Table))
            {
                var site = new NodeSite(_graph, placement, binding.Name);
                isMoved |= placement.Orientation == Orientation.ConstantRows;
                if (placement.Orientation == Orientation.ConstantRows) OverrideRows(placement, site, rows.After(binding.Name, site, placement, prefix.Tokens));
                else if (PositionRows.IsFixed(site)) throw new AdapterException($"module \"{binding.Name}\": {site}: rows at fixed positions are looked up, which a prefix moves; that is not supported");
            }
        }
        if (!isMoved) throw new AdapterException("the prefix moves the positions of the sequence, but nothing tells where the model has them; give a binding map, or the base's weights");
    }

    /// <summary>Rows that were looked up when the model was converted get what the changed table would give.</summary>
    private void OverrideRows(Placement placement, NodeSite site, LinearTerms terms, Matrix table)
    {
        var changed = table.Plus(terms.WeightDelta(table));
        if (terms.Bias is { } bias)
        {
            for (int d = 0; d < changed.Rows; d++)
            {
                foreach (ref float value in changed.Row(d)) value += bias[d];
            }
        }
        OverrideRows(placement, site, changed);
    }

    /// <param name="placement">The rows' place.</param>
    /// <param name="site">The node.</param>
    /// <param name="table">The whole table, (dim, rows).</param>
    private void OverrideRows(Placement placement, NodeSite site, Matrix table)
    {
        var tensor = site.Subgraph.Tensors[site.WeightTensor];
        var values = new float[tensor.Shape.ElementCount];
        int count = values.Length / site.Outputs, period = Math.Min(count, placement.TableRows.Total - placement.TableRows.First);
        if (tensor.Shape.Rank >= 2) period = Math.Min(period, tensor.Shape[^2]);
        for (int r = 0; r < count; r++)
        {
            for (int d = 0; d < site.Outputs; d++) values[r * site.Outputs + d] = table[d, placement.TableRows.First + r % period];
        }
        _overrides.Add(new(placement.Subgraph, site.WeightTensor, ConstantBytes.Of(tensor, values)));
    }

    private bool DependsOnReplaced(Placement p) =>
        p.ColumnFactor is { } g && _replaced.ContainsKey(g.Source) || p.InputOffset is { } b && _replaced.ContainsKey(b.Source) || BatchNorm(p) is not null;

    private BatchNormChange? BatchNorm(Placement p) =>
        p.RowFactor is { } f && f.Source.EndsWith(".weight", StringComparison.Ordinal) ? _batchNorms.GetValueOrDefault(f.Source[..^".weight".Length]) : null;

    private void Change(ModuleBinding binding, (IModuleChange Change, float Scale)[] changes)
    {
        if (binding.Placements.IsEmpty) throw new AdapterException($"module \"{binding.Name}\" is bound to nothing");
        foreach (var placement in binding.Placements) Change(binding, placement, changes);
    }

    private void Change(ModuleBinding binding, Placement placement, (IModuleChange Change, float Scale)[] changes)
    {
        if (placement.IsTied)
        {
            changes = [.. changes.Where(c => c.Change.ActsOnTied)];
            if (changes.Length == 0 || _claimed.Contains((placement.Subgraph, placement.Node))) return;
        }
        var site = new NodeSite(_graph, placement, binding.Name);
        if (placement.Orientation != Orientation.ConstantRows && !site.TakesDeltas) throw new AdapterException($"module \"{binding.Name}\": {site} takes no adapter");
        bool isTied = placement.IsTied;
        int outputs = isTied ? site.Inputs : _sizes.Outputs(binding, placement, site);
        float[]? f = Values(placement.RowFactor), g = Values(placement.ColumnFactor), beta = Values(placement.InputOffset);
        var module = Unfolded(binding, placement, site, outputs, f, g, beta, Values(placement.OutputOffset));
        var terms = new LinearTerms(outputs, module.Inputs);
        _report.Add(new(binding.Name, site.ToString(), binding.Evidence.ToString()));
        foreach (var (change, scale) in changes.Where(c => !c.Change.ActsOnSum)) change.Resolve(module, scale, terms);
        foreach (var (change, scale) in changes.Where(c => c.Change.ActsOnSum).Reverse()) change.Resolve(terms.IsZero ? module : module.With(terms), scale, terms);
        _isActive |= !terms.IsZero;
        if (isTied)
        {
            Add(placement, site, terms.Transposed(() => module.Weight));
            return;
        }
        if (placement.Orientation == Orientation.ConstantRows)
        {
            OverrideRows(placement, site, terms, module.Weight);
            return;
        }
        float[]? newG = Replaced(placement.ColumnFactor) ?? g, newBeta = Replaced(placement.InputOffset) ?? beta;
        var norm = BatchNorm(placement);
        var folded = FoldedTerms.Fold(terms, () => module.Weight, norm?.Factor ?? f, newG, newBeta);
        if (norm is not null) ChangeBatchNorm(folded, site, f!, Values(placement.OutputOffset), norm);
        if (newG != g) folded.AddDense((f is null ? module.Weight : module.Weight.ScaledRows(f)).ScaledColumns(Difference(newG!, g!)));
        if (newBeta != beta) folded.AddBias((f is null ? module.Weight : module.Weight.ScaledRows(f)).Times(Difference(newBeta!, beta!)));
        Add(placement, site, folded);
    }

    /// <summary>The node yields f * y + c; with other f and c it is scaled as a whole, and shifted.</summary>
    private static void ChangeBatchNorm(LinearTerms folded, NodeSite site, float[] f, float[]? c, BatchNormChange norm)
    {
        if (norm.Factor.Length != f.Length) throw new AdapterException($"{site}: a batch norm of {norm.Factor.Length} channels replaces one of {f.Length}");
        float[] ratio = [.. norm.Factor.Zip(f, (a, b) => a / b)];
        folded.MultiplyScale(ratio);
        float[] bias = site.Bias() ?? new float[f.Length];
        folded.AddBias([.. bias.Select((b, i) => (ratio[i] - 1) * (b - (c?[i] ?? 0)) + norm.Offset[i] - (c?[i] ?? 0))]);
    }

    private void Add(Placement placement, NodeSite site, LinearTerms terms)
    {
        foreach (var function in terms.Functions) CheckSeen(placement, site, function);
        if (placement.Orientation == Orientation.Table)
        {
            if (!_lookups.TryAdd(site.Node.Slot, (terms, site))) throw new AdapterException($"{site}: two modules change one look-up");
            return;
        }
        if (!_slots.TryGetValue(site.Node.Slot, out var entry))
            _slots[site.Node.Slot] = entry = (new SlotBuilder(site.Outputs, site.Inputs, site.Filter), site);
        entry.Builder.Add(terms, placement.FirstRow, site.ToString());
    }

    private static void CheckSeen(Placement placement, NodeSite site, IRowFunction function)
    {
        if (placement.Orientation is not (Orientation.Rows or Orientation.Columns)) throw new AdapterException($"{site}: the adapter is a function of a linear layer's rows");
        if (site.BiasBehind is not null) throw new AdapterException($"{site}: the adapter is a function of all that the layer yields, but its bias is added by another node");
        if (function.ReadsResidual && site.Residual is null)
            throw new AdapterException($"{site}: the adapter sees what is added to this node's output, but the output does not go straight into a sum, and nowhere else");
        if (function.IsGated && !function.IsBatchWide && Sequences.Count(site.Subgraph, t => site.Subgraph.Tensors[t].Shape) == 0)
            throw new AdapterException($"{site}: the adapter's gate is a mean over a sequence, but the model's inputs have no leading dimension in common that counts sequences");
    }

    private BaseModule Unfolded(ModuleBinding binding, Placement placement, NodeSite site, int outputs, float[]? f, float[]? g, float[]? beta, float[]? c)
    {
        var weight = new Lazy<Matrix>(() =>
        {
            if (placement.IsTied) return site.Weight().Transposed();
            var values = site.Weight().Part(placement.FirstRow, outputs);
            if (f is not null) values = values.ScaledRows(Inverse(f, site));
            return g is null ? values : values.ScaledColumns(Inverse(g, site));
        });
        float[] Bias()
        {
            float[] bias = site.Bias() is { } b ? b.AsSpan(placement.FirstRow, outputs).ToArray() : new float[outputs];
            float[]? offset = beta is null ? null : weight.Value.Times(beta);
            for (int i = 0; i < bias.Length; i++) bias[i] = (bias[i] - (c?[i] ?? 0)) / (f?[i] ?? 1) - (offset?[i] ?? 0);
            return bias;
        }
        int inputs = placement.IsTied ? site.Outputs : site.Inputs;
        Matrix? Stored(string name) => _stored.Value?.TryTake(binding.Name, name)?.AsMatrix() is not { } stored ? null : name == "weight" ? Turned(stored, weight.Value) : stored;
        return new(binding.Name, binding.Kind, outputs, inputs, site.Filter, () => weight.Value, Bias, site.Bias() is not null) { Norm = name => Norm(name, site), Sizes = _sizes.Of, Stored = Stored, IsExact = IsExact(placement) };
    }

    /// <summary>The base's weight as (out, in): torch has layers that keep it the other way, and the model's tells which one this is.</summary>
    private static Matrix Turned(Matrix stored, Matrix deployed)
    {
        if (stored.Rows != deployed.Columns || stored.Columns != deployed.Rows) return stored;
        var turned = stored.Transposed();
        return stored.Rows != stored.Columns || RankOneFit.Cosine(turned.Values, deployed.Values) > RankOneFit.Cosine(stored.Values, deployed.Values) ? turned : stored;
    }

    /// <summary>Whether the file has the weight as floats of 32 bits, which nothing widened.</summary>
    private bool IsExact(Placement placement)
    {
        var source = _source.Subgraphs[placement.Subgraph];
        var stored = source.Nodes[placement.Node].Inputs is var inputs && placement.Operand < inputs.Length ? source.Tensors[inputs[placement.Operand]] : null;
        return stored is { Type: DType.Float32, Constant.IsPresent: true };
    }

    private float[]? Replaced(FoldedVector? vector) => vector is null ? null : _replaced.GetValueOrDefault(vector.Source);

    private static float[]? Values(FoldedVector? vector) => vector is null ? null : ImmutableCollectionsMarshal.AsArray(vector.Values);

    private static float[] Difference(float[] a, float[] b) => [.. a.Zip(b, (x, y) => x - y)];

    private static float[] Inverse(float[] factors, NodeSite site) => Array.ConvertAll(factors,
        f => f != 0 ? 1 / f : throw new AdapterException($"{site}: a factor folded into the weight is zero, so the weight cannot be recovered"));
}
