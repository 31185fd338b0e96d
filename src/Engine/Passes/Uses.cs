using Graft.Graphs;

namespace Graft.Passes;

/// <summary>Who writes and who reads the tensors of a subgraph.</summary>
internal sealed class Uses
{
    private readonly Node?[] _writers;
    private readonly List<Node>[] _readers;
    private readonly bool[] _isKept;

    public Uses(Subgraph subgraph)
    {
        _writers = new Node?[subgraph.Tensors.Length];
        _readers = [.. subgraph.Tensors.Select(_ => new List<Node>())];
        _isKept = subgraph.Tensors.Map(t => t.IsVariable);
        foreach (int t in subgraph.Outputs) _isKept[t] = true;
        foreach (var node in subgraph.Nodes)
        {
            foreach (int t in node.Inputs)
            {
                if (t >= 0) _readers[t].Add(node);
            }
            foreach (int t in node.Outputs)
            {
                if (t >= 0) _writers[t] = node;
            }
        }
    }

    /// <summary>The node that makes a tensor; null for inputs and constants.</summary>
    public Node? Writer(int tensor) => tensor < 0 ? null : _writers[tensor];

    /// <summary>The nodes that read a tensor which nobody else can see; or null.</summary>
    public IReadOnlyList<Node>? Readers(int tensor) => _isKept[tensor] ? null : _readers[tensor];

    /// <summary>The node that alone reads a tensor, once, which nobody else can see; or null.</summary>
    public Node? OnlyReader(int tensor) => !_isKept[tensor] && _readers[tensor] is [var reader] ? reader : null;
}
