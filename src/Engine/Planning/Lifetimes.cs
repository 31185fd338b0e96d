using Graft.Graphs;
using Graft.Ops;

namespace Graft.Planning;

/// <summary>
/// The first and last step that touches each tensor of a plan. Tensors that share memory form a group with one lifetime, named by its
/// root.
/// </summary>
internal sealed class Lifetimes
{
    private const int Unused = int.MaxValue;

    private readonly int[] _root;
    private readonly int[] _first;
    private readonly int[] _last;
    private readonly bool[] _isInput;
    private readonly bool[] _isOutput;
    private readonly bool[] _isFixed;
    private readonly bool _preserveAll;

    public Lifetimes(Subgraph subgraph, bool preserveAll)
    {
        int count = subgraph.Tensors.Length;
        _preserveAll = preserveAll;
        _root = new int[count];
        for (int t = 0; t < count; t++) _root[t] = t;
        _first = new int[count];
        _last = new int[count];
        Array.Fill(_first, Unused);
        Array.Fill(_last, -1);
        _isInput = new bool[count];
        _isOutput = new bool[count];
        foreach (int t in subgraph.Inputs) (_isInput[t], _first[t], _last[t]) = (true, -1, Unused);
        foreach (int t in subgraph.Outputs) (_isOutput[t], _last[t]) = (true, Unused);
        _isFixed = subgraph.Tensors.Map(t => t.IsVariable || t.Constant.IsPresent || t.Type is DType.String or DType.Variant);
    }

    public int Root(int tensor)
    {
        while (_root[tensor] != tensor) tensor = _root[tensor] = _root[_root[tensor]];
        return tensor;
    }

    /// <summary>True for an input or output of the subgraph, or what shares memory with one.</summary>
    public bool IsBoundary(int tensor) => _isInput[tensor] || _isOutput[tensor];

    public bool IsUsed(int tensor) => _first[Root(tensor)] != Unused;

    /// <summary>Records that a step reads a node's inputs and writes its outputs.</summary>
    public void Use(Node node, int step)
    {
        foreach (int t in node.Inputs)
        {
            if (t >= 0) Touch(Root(t), step);
        }
        foreach (int t in node.Outputs)
        {
            if (t >= 0) Touch(Root(t), step);
        }
        foreach (int t in node.Intermediates)
        {
            if (t >= 0) Touch(Root(t), step);
        }
    }

    /// <summary>Records that a step reads a tensor.</summary>
    public void Use(int tensor, int step) => Touch(Root(tensor), step);

    /// <summary>True when an output may be another name for the memory of an input.</summary>
    public bool CanShare(int input, int output)
    {
        int root = Root(input);
        return !_isFixed[root] && !_isFixed[output] && !(_isInput[root] && _isOutput[output]) && _first[output] == Unused;
    }

    public void Share(int input, int output)
    {
        int root = Root(input);
        _root[output] = root;
        _last[root] = Math.Max(_last[root], _last[output]);
        _isOutput[root] |= _isOutput[output];
    }

    /// <summary>
    /// What the arena must hold: one item for each group, numbered by its root, then the scratch areas. Outputs are laid over inputs
    /// that end where they begin, when the operator allows it.
    /// </summary>
    public ArenaPlanner.Item[] Items(Subgraph subgraph, Placement[] placements, long[] sizes, Shape?[] shapes,
        IReadOnlyList<PlannedStep> steps, ScratchLayout scratch)
    {
        if (!_preserveAll)
        {
            for (int step = 0; step < steps.Count; step++) Overlay(subgraph.Nodes[steps[step].Node], step, subgraph, placements, shapes);
        }
        int end = steps.Count;
        var items = new ArenaPlanner.Item[_root.Length + scratch.Areas.Count];
        for (int t = 0; t < _root.Length; t++)
        {
            if (placements[t] is not (Placement.Arena or Placement.ArenaFromConstant)) continue;
            int root = Root(t);
            bool always = _preserveAll || placements[t] == Placement.ArenaFromConstant;
            int first = always ? -1 : Math.Min(_first[root], end), last = always ? end : Math.Min(_last[root], end);
            var old = items[root];
            items[root] = old.ByteCount == 0 && old.Last == 0
                ? new(sizes[t], first, last)
                : new(Math.Max(old.ByteCount, sizes[t]), Math.Min(old.First, first), Math.Max(old.Last, last));
        }
        for (int i = 0; i < scratch.Areas.Count; i++)
        {
            var area = scratch.Areas[i];
            items[_root.Length + i] = new(area.ByteCount, area.Step, area.Step);
        }
        return items;
    }

    private void Overlay(Node node, int step, Subgraph subgraph, Placement[] placements, Shape?[] shapes)
    {
        if (node.Op is not IInPlace op || node.Outputs.Length == 0) return;
        int output = node.Outputs[0];
        if (output < 0 || Root(output) != output || placements[output] != Placement.Arena || _first[output] != step) return;
        foreach (int i in op.InPlaceInputs)
        {
            if (i >= node.Inputs.Length || node.Inputs[i] < 0) continue;
            int input = node.Inputs[i], root = Root(input);
            if (placements[input] != Placement.Arena || _isInput[root] || _isOutput[root] || _last[root] != step) continue;
            if (shapes[input] != shapes[output] || subgraph.Tensors[input].Type.Bits() != subgraph.Tensors[output].Type.Bits()) continue;
            _root[output] = root;
            _last[root] = Math.Max(_last[root], _last[output]);
            _isOutput[root] |= _isOutput[output];
            return;
        }
    }

    private void Touch(int root, int step)
    {
        _first[root] = Math.Min(_first[root], step);
        _last[root] = Math.Max(_last[root], step);
    }
}
