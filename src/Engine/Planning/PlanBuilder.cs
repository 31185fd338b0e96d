using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Ops;
using Graft.Runtime;

namespace Graft.Planning;

/// <summary>
/// Walks a subgraph in order: infers shapes, computes what depends on constants and shapes alone, chooses kernels, and lays out memory.
/// </summary>
internal sealed class PlanBuilder : ITensorFacts
{
    private readonly Graph _graph;
    private readonly PlanCache _plans;
    private readonly PackedWeights _packed;
    private readonly PlanKey _key;
    private readonly PlanningBudget _budget;
    private readonly Evaluator _evaluator;
    private readonly Subgraph _subgraph;
    private readonly Shape?[] _shapes;
    private readonly ConstantData[] _values;
    private readonly ImmutableArray<PlannedStep>.Builder _steps = ImmutableArray.CreateBuilder<PlannedStep>();
    private readonly ImmutableArray<NativeBuffer>.Builder _computed = ImmutableArray.CreateBuilder<NativeBuffer>();
    private readonly ScratchLayout _scratch = new();
    private readonly Lifetimes _lifetimes;

    public PlanBuilder(Graph graph, PlanCache plans, PackedWeights packed, PlanKey key, PlanningBudget budget)
    {
        _graph = graph;
        _plans = plans;
        _packed = packed;
        _key = key;
        _budget = budget;
        _subgraph = graph.Subgraphs[key.Subgraph];
        _evaluator = new(graph, _subgraph, key.Options, packed, budget);
        _shapes = new Shape?[_subgraph.Tensors.Length];
        _values = new ConstantData[_subgraph.Tensors.Length];
        _lifetimes = new Lifetimes(_subgraph, key.Options.PreserveAllTensors);
        var produced = new bool[_shapes.Length];
        foreach (var node in _subgraph.Nodes)
        {
            foreach (int t in node.Outputs)
            {
                if (t >= 0) produced[t] = true;
            }
        }
        for (int t = 0; t < _shapes.Length; t++)
        {
            var info = _subgraph.Tensors[t];
            if (!produced[t] || info.IsVariable) _shapes[t] = info.Shape;
            _values[t] = info.Constant;
        }
        for (int i = 0; i < key.Inputs.Length; i++)
        {
            _shapes[_subgraph.Inputs[i]] = key.Inputs[i];
            _values[_subgraph.Inputs[i]] = default;
        }
    }

    public Plan Build()
    {
        using var evaluator = _evaluator;
        foreach (var node in _subgraph.Nodes)
        {
            try
            {
                Add(node);
            }
            catch (Exception e) when (e is not OperatorException)
            {
                Errors.Throw.Failed(_subgraph, node, e);
            }
        }
        try
        {
            return Layout();
        }
        catch (OverflowException e)
        {
            throw new OperatorException($"subgraph {_subgraph.Index}", "its tensors need more memory than can be addressed", e);
        }
    }

    public Shape? ShapeOf(int tensor) => _shapes[tensor];

    public void SetShape(int tensor, Shape shape) => _shapes[tensor] = shape;

    public bool TryBytes(int tensor, out ReadOnlySpan<byte> bytes)
    {
        bytes = _values[tensor].IsPresent ? _values[tensor].Bytes : default;
        return _values[tensor].IsPresent || _shapes[tensor] is { } shape && shape.ElementCount == 0;
    }

    public Shape?[] InferSubgraph(int subgraph, ReadOnlySpan<Shape?> inputs)
    {
        var known = new Shape[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not { } shape) return new Shape?[_graph.Subgraphs[subgraph].Outputs.Length];
            known[i] = shape;
        }
        return _plans.Get(new PlanKey(subgraph, known, _key.Options), _budget).OutputShapes;
    }

    public Subgraph Callee(int subgraph) => _graph.Subgraphs[subgraph];

    private void Add(Node node)
    {
        var op = node.Op!;
        if (node.Inputs.Any(t => t >= 0 && _shapes[t] is null))
        {
            foreach (int t in node.Outputs) Forget(t);
            Add(node, new DynamicStep(node));
            return;
        }
        foreach (int t in node.Outputs) Forget(t);
        op.Infer(new InferContext(this, _subgraph, node));
        if (node.Outputs.Any(t => t >= 0 && _shapes[t] is null))
        {
            foreach (int t in node.Outputs) Forget(t);
            Add(node, new DynamicStep(node));
            return;
        }
        CheckSizes(node);
        if (op is IView && View(node)) return;
        if (IsComputable(node) && Compute(node)) return;
        _scratch.Step = _steps.Count;
        Add(node, op.Prepare(new PrepareContext(this, _subgraph, node, _scratch, _key.Options, _packed)));
    }

    private void Forget(int tensor)
    {
        if (tensor >= 0 && !_subgraph.Tensors[tensor].IsVariable) _shapes[tensor] = null;
    }

    private void Add(Node node, IStep step)
    {
        _lifetimes.Use(node, _steps.Count);
        if (_key.Options.Adapted && node.Op is IReadsBeyond op)
        {
            foreach (int t in op.Beyond(_subgraph, node)) _lifetimes.Use(t, _steps.Count);
        }
        _steps.Add(new(step, node.Index, _key.Options.Threads));
    }

    private void CheckSizes(Node node)
    {
        foreach (int t in node.Outputs)
        {
            if (t < 0 || _shapes[t] is not { } shape) continue;
            var type = _subgraph.Tensors[t].Type;
            if (type.Bits() > 0 && shape.ElementCount > int.MaxValue * 8L / type.Bits())
            {
                Errors.Throw.Operator(_subgraph, node, $"output {shape} of {type.Name()} exceeds the limit of 2 GB for one tensor");
            }
        }
    }

    /// <summary>Lets the output share the input's memory, or its value. False when a copy is needed.</summary>
    private bool View(Node node)
    {
        int input = node.Inputs[0], output = node.Outputs[0];
        var (type, isVariable) = (_subgraph.Tensors[output].Type, _subgraph.Tensors[output].IsVariable);
        if (_values[input].IsPresent && !isVariable)
        {
            _values[output] = _values[input];
            return true;
        }
        if (_key.Options.PreserveAllTensors || type is DType.String || !_lifetimes.CanShare(input, output)) return false;
        _lifetimes.Share(input, output);
        return true;
    }

    private bool IsComputable(Node node)
    {
        if (!Evaluator.CanCompute(_subgraph, node)) return false;
        return node.Op is IShapeOnly || node.Inputs.All(t => t < 0 || _values[t].IsPresent);
    }

    private bool Compute(Node node)
    {
        if (_evaluator.TryRun(node, _values, _shapes) is not { } results) return false;
        for (int o = 0; o < results.Length; o++)
        {
            int t = node.Outputs[o];
            _values[t] = new(results[o].Address, _subgraph.Tensors[t].Type.ByteCount(_shapes[t]!.Value.ElementCount), results[o]);
            _computed.Add(results[o]);
        }
        return true;
    }

    private Plan Layout()
    {
        var sizes = new long[_shapes.Length];
        var placements = new Placement[_shapes.Length];
        for (int t = 0; t < placements.Length; t++)
        {
            placements[t] = PlacementOf(t);
            sizes[t] = placements[t] switch
            {
                Placement.Arena or Placement.Variable => ByteCount(t),
                Placement.Constant or Placement.ArenaFromConstant => _values[t].ByteCount,
                _ => 0,
            };
        }
        var items = _lifetimes.Items(_subgraph, placements, sizes, _shapes, _steps, _scratch);
        var arena = ArenaPlanner.Place(items);
        var tensors = new PlannedTensor[_shapes.Length];
        for (int t = 0; t < tensors.Length; t++)
        {
            long offset = placements[t] is Placement.Arena or Placement.ArenaFromConstant ? arena.Offsets[_lifetimes.Root(t)] : 0;
            tensors[t] = new(placements[t], _values[t].Address, offset, sizes[t], _shapes[t] ?? default, _shapes[t] is not null);
        }
        return new()
        {
            Subgraph = _subgraph,
            Steps = _steps.ToImmutable(),
            Tensors = tensors,
            Scratch = _scratch.Place(arena.Offsets.AsSpan(_shapes.Length)),
            ArenaBytes = arena.ByteCount,
            ArenaLowerBound = arena.LowerBound,
            InputViews = InputViews(),
            Values = _computed.ToImmutable(),
        };
    }

    private ImmutableArray<int[]> InputViews()
    {
        var views = new Dictionary<int, List<int>>();
        foreach (int input in _subgraph.Inputs) views[input] = [input];
        for (int t = 0; t < _shapes.Length; t++)
        {
            int root = _lifetimes.Root(t);
            if (root != t && !_values[t].IsPresent && views.TryGetValue(root, out var found)) found.Add(t);
        }
        return [.. _subgraph.Inputs.Map(t => views[t].ToArray())];
    }

    private long ByteCount(int t)
    {
        long bytes = _subgraph.Tensors[t].Type.ByteCount(_shapes[t]!.Value.ElementCount);
        if (bytes <= int.MaxValue) return bytes;
        throw new OperatorException($"tensor {_subgraph.Tensors[t]}", $"with shape {_shapes[t]} it exceeds the limit of 2 GB for one tensor");
    }

    private Placement PlacementOf(int t)
    {
        var info = _subgraph.Tensors[t];
        bool boundary = _lifetimes.IsBoundary(t);
        if (_values[t].IsPresent && !info.IsVariable) return boundary ? Placement.ArenaFromConstant : Placement.Constant;
        if (info.Type is DType.String or DType.Variant) return Placement.Dynamic;
        if (info.IsVariable) return Placement.Variable;
        if (_shapes[t] is null) return Placement.Dynamic;
        return boundary || _lifetimes.IsUsed(t) ? Placement.Arena : Placement.None;
    }
}
