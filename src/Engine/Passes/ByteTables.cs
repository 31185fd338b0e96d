using Graft.Graphs;
using Graft.Kernels.Quant;
using Graft.Ops;
using Graft.Ops.Pointwise;
using Graft.Planning;
using Graft.Runtime;

namespace Graft.Passes;

/// <summary>Which 8-bit tensors of a subgraph are functions of another's elements alone, and the functions as tables.</summary>
internal sealed class ByteTables : IDisposable
{
    private readonly Subgraph _subgraph;
    private readonly Evaluator _evaluator;
    private readonly Function?[] _functions;
    private readonly NativeBuffer?[] _filled;
    private readonly ConstantData[] _values;
    private readonly Shape?[] _shapes;
    private readonly NativeBuffer _all = new(Lookup.Count);

    public ByteTables(Graph graph, Subgraph subgraph, PackedWeights packed, PlanningBudget budget)
    {
        _subgraph = subgraph;
        _evaluator = new(graph, subgraph, new(KernelSet.Fast, 1, false), packed, budget);
        _functions = new Function?[subgraph.Tensors.Length];
        _filled = new NativeBuffer?[subgraph.Tensors.Length];
        _values = subgraph.Tensors.Map(t => t.Constant);
        _shapes = subgraph.Tensors.Map(t => t.Constant.IsPresent ? t.Shape : (Shape?)null);
        var all = Bytes(_all);
        for (int i = 0; i < all.Length; i++) all[i] = (byte)i;
        foreach (var node in subgraph.Nodes) Trace(node);
    }

    /// <summary>The function that a node ends, or null.</summary>
    public Function? Of(Node node) => node.Outputs is [var output] && output >= 0 ? _functions[output] : null;

    /// <summary>Runs the function's nodes on all bytes, once; false when one of them refuses.</summary>
    public bool TryFill(Node node)
    {
        int output = node.Outputs[0];
        if (_filled[output] is not null) return true;
        var function = _functions[output]!;
        foreach (int t in node.Inputs)
        {
            if (IsConstant(t) || t == function.Root) continue;
            if (!TryFill(function.Nodes.First(n => n.Outputs[0] == t))) return false;
        }
        try
        {
            return TryRun(node, function.Root);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The node stays, and whoever runs it gets the error with its name.
            return false;
        }
    }

    /// <summary>A node with the function as its table; it stands for the given ones.</summary>
    public Node Replacement(Node node, ReadOnlySpan<Node> nodes)
    {
        var origins = new Origin[nodes.Length];
        var names = new string[nodes.Length];
        for (int i = 0; i < nodes.Length; i++) (origins[i], names[i]) = (nodes[i].Origin, nodes[i].Id.Name);
        return new()
        {
            Index = node.Index,
            Id = OpId.Internal(string.Join('+', names)),
            Version = 1,
            Op = new ByteFunction(Bytes(_filled[node.Outputs[0]]!).ToArray()),
            Inputs = [_functions[node.Outputs[0]]!.Root],
            Outputs = node.Outputs,
            Origin = Origin.Merge(origins),
        };
    }

    public void Dispose()
    {
        _evaluator.Dispose();
        _all.Dispose();
        foreach (var table in _filled) table?.Dispose();
    }

    private bool TryRun(Node node, int root)
    {
        foreach (int t in node.Inputs)
        {
            if (IsConstant(t)) continue;
            var buffer = t == root ? _all : _filled[t]!;
            (_values[t], _shapes[t]) = (new(buffer.Address, Lookup.Count, buffer), new([Lookup.Count]));
        }
        _shapes[node.Outputs[0]] = new([Lookup.Count]);
        if (_evaluator.TryRun(node, _values, _shapes) is not [var result]) return false;
        _filled[node.Outputs[0]] = result;
        return true;
    }

    private void Trace(Node node)
    {
        if (node.Op is not IPointwise || node.Outputs is not [var output] || !IsByte(output)) return;
        int root = -1;
        foreach (int t in node.Inputs)
        {
            if (t < 0 || !IsByte(t)) return;
            if (IsConstant(t)) continue;
            int from = _functions[t]?.Root ?? t;
            if (root >= 0 && root != from) return;
            root = from;
        }
        if (root < 0 || node.Inputs.Any(t => IsConstant(t) && !Broadcasts(t, root))) return;
        var nodes = node.Inputs.SelectMany(t => IsConstant(t) || t == root ? [] : _functions[t]!.Nodes).Distinct().OrderBy(n => n.Index);
        _functions[output] = new(root, [.. nodes, node]);
    }

    /// <summary>Whether a constant is a single number that leaves the other operand's shape as it is.</summary>
    private bool Broadcasts(int constant, int root)
    {
        var info = _subgraph.Tensors[root];
        return _subgraph.Tensors[constant].Shape is { ElementCount: 1 } shape && (shape.Rank == 0 || (info.HasRank && shape.Rank <= Math.Min(1, info.Shape.Rank)));
    }

    private bool IsByte(int t) => _subgraph.Tensors[t] is { Type: DType.Int8 or DType.UInt8, IsVariable: false };

    private bool IsConstant(int t) => _subgraph.Tensors[t].Constant.IsPresent;

    // In bounds: the buffer has so many bytes.
    private static unsafe Span<byte> Bytes(NativeBuffer buffer) => new((void*)buffer.Address, Lookup.Count);

    /// <summary>A function of the elements of <paramref name="Root"/>; the nodes between, in order, the last of which makes it.</summary>
    internal sealed record Function(int Root, Node[] Nodes);
}
