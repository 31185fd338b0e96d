using System.Collections.Immutable;
using Graft.Errors;
using Graft.Graphs;
using Graft.Ops;
using Graft.Schema;

namespace Graft.Loading;

/// <summary>
/// Reads a verified FlatBuffer into a <see cref="Graph"/>: every index is checked here, and everything that is not supported is
/// collected before it is reported.
/// </summary>
internal sealed class GraphReader(BufferWindows buffers, OpRegistry registry)
{
    private readonly List<string> _unsupported = [];
    private (OpId Id, OpEntry? Entry)[] _codes = [];
    private int _slots;

    public Graph Read(ReadOnlySpan<byte> flatBuffer)
    {
        Verifier.Verify(flatBuffer);
        var model = ModelView.Root(flatBuffer);
        int count = model.Subgraphs.Count;
        if (count == 0) throw new ModelFormatException("subgraphs", model.Table.Position, "the model has no subgraph");
        _codes = new (OpId, OpEntry?)[model.OperatorCodes.Count];
        for (int i = 0; i < _codes.Length; i++) _codes[i] = Find(model.OperatorCodes[i]);
        var subgraphs = ImmutableArray.CreateBuilder<Subgraph>(count);
        for (int i = 0; i < count; i++) subgraphs.Add(ReadSubgraph(model, i));
        var graph = new Graph
        {
            Description = model.Description,
            Subgraphs = subgraphs.MoveToImmutable(),
            Signatures = ReadSignatures(model),
            Metadata = ReadMetadata(model),
            SlotCount = _slots,
        };
        GraphChecks.Run(graph);
        if (_unsupported.Count > 0) throw new UnsupportedModelException([.. _unsupported]);
        return graph;
    }

    private Subgraph ReadSubgraph(ModelView model, int index)
    {
        var view = model.Subgraphs[index];
        string path = $"subgraphs[{index}]";
        int tensorCount = view.Tensors.Count;
        var tensors = ImmutableArray.CreateBuilder<TensorInfo>(tensorCount);
        for (int t = 0; t < tensorCount; t++) tensors.Add(TensorReader.Read(model, view.Tensors[t], t, $"{path}.tensors[{t}]", buffers));
        var inputs = Indices(view.Inputs, tensorCount, $"{path}.inputs", view.Table.Position, optional: false);
        var outputs = Indices(view.Outputs, tensorCount, $"{path}.outputs", view.Table.Position, optional: false);
        foreach (int t in inputs)
        {
            // Not a constant for the operators: the caller may write it.
            if (tensors[t].Constant.IsPresent) tensors[t] = tensors[t] with { Initial = tensors[t].Constant, Constant = default };
        }
        var all = tensors.MoveToImmutable();

        int nodeCount = view.Operators.Count;
        var nodes = ImmutableArray.CreateBuilder<Node>(nodeCount);
        var shell = new Subgraph { Index = index, Name = view.Name, Tensors = all, Nodes = [], Inputs = inputs, Outputs = outputs };
        for (int n = 0; n < nodeCount; n++)
        {
            nodes.Add(ReadNode(model, view.Operators[n], n, shell, $"{path}.operators[{n}]"));
            shell = ImposeTypes(shell, nodes[n]);
        }
        return shell with { Nodes = nodes.MoveToImmutable() };
    }

    private Node ReadNode(ModelView model, OperatorView view, int index, Subgraph subgraph, string path)
    {
        if (view.OpcodeIndex >= (uint)model.OperatorCodes.Count)
        {
            throw new ModelFormatException($"{path}.opcode_index", view.Table.Position, $"operator code {view.OpcodeIndex} does not exist; the model has {model.OperatorCodes.Count}");
        }
        var code = model.OperatorCodes[(int)view.OpcodeIndex];
        int tensorCount = subgraph.Tensors.Length;
        var node = new Node
        {
            Index = index,
            Id = _codes[view.OpcodeIndex].Id,
            Version = code.Version,
            Op = null,
            Inputs = Indices(view.Inputs, tensorCount, $"{path}.inputs", view.Table.Position, optional: true),
            Outputs = Indices(view.Outputs, tensorCount, $"{path}.outputs", view.Table.Position, optional: true),
            Intermediates = Indices(view.Intermediates, tensorCount, $"{path}.intermediates", view.Table.Position, optional: true),
            Origin = new Origin(index),
        };
        return ReadOp(view, subgraph, node, path);
    }

    private Node ReadOp(OperatorView view, Subgraph subgraph, Node node, string path)
    {
        var entry = _codes[view.OpcodeIndex].Entry;
        string? refusal = entry is null
            ? NotSupported.Reason(node.Id)
            : entry.Signature.Refusal(node.Version, Types(subgraph, node.Inputs), Types(subgraph, node.Outputs));
        if (refusal is not null)
        {
            _unsupported.Add($"{Errors.Throw.Describe(subgraph, node)}: {refusal}");
            return node;
        }
        var options = view.CustomOptions;
        if (view.LargeCustomOptionsOffset > 1)
        {
            var window = buffers.InFile(view.LargeCustomOptionsOffset, view.LargeCustomOptionsSize, $"{path}.large_custom_options_offset");
            if (window.ByteCount > int.MaxValue)
            {
                throw new ModelFormatException($"{path}.large_custom_options_size", view.Table.Position, $"{window.ByteCount:N0} bytes of options exceed the limit of 2 GB");
            }
            if (window.IsPresent) options = window.Bytes;
        }
        var def = new OperatorDef(view, options, node.Id, node.Version, node.Inputs.AsSpan(), node.Outputs.AsSpan(), subgraph.Tensors.AsSpan());
        try
        {
            var op = entry!.Read(def);
            if (op is not IReadsSparse && node.Inputs.Any(t => t >= 0 && subgraph.Tensors[t].Sparsity is not null))
            {
                throw new UnsupportedOptionException("sparse inputs are not supported (supported by DENSIFY, FULLY_CONNECTED and CONV_2D)");
            }
            return node with { Op = op, Slot = op is IAdaptable or IChangeable ? _slots++ : -1 };
        }
        catch (UnsupportedOptionException e)
        {
            _unsupported.Add($"{Errors.Throw.Describe(subgraph, node)}: {e.Message}");
            return node;
        }
        catch (ModelFormatException e)
        {
            // The views know the field but not whose it is.
            throw new ModelFormatException(path, e.Offset, $"{Errors.Throw.Describe(subgraph, node)}: {e.Message}");
        }
    }

    /// <summary>Some operators give an output its type, whatever the file declares.</summary>
    private Subgraph ImposeTypes(Subgraph subgraph, Node node)
    {
        if (node.Op is null) return subgraph;
        DType?[] inputs = Types(subgraph, node.Inputs);
        var row = registry.Find(node.Id)!.Signature.RowFor(inputs, Types(subgraph, node.Outputs))!;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i] < 0 || row.ImposedType(i, inputs) is not { } type) continue;
            var output = subgraph.Tensors[node.Outputs[i]];
            if (type == output.Type || output.Constant.IsPresent) continue;
            subgraph = subgraph with { Tensors = subgraph.Tensors.SetItem(node.Outputs[i], output with { Type = type }) };
        }
        return subgraph;
    }

    private (OpId, OpEntry?) Find(OperatorCodeView code)
    {
        var id = code.Code == BuiltinOperator.Custom ? OpId.Custom(code.CustomCode) : OpId.Builtin(code.Code);
        return (id, registry.Find(id));
    }

    private static DType?[] Types(Subgraph subgraph, ImmutableArray<int> tensors) =>
        tensors.Map(t => t < 0 ? (DType?)null : subgraph.Tensors[t].Type);

    private static ImmutableArray<int> Indices(ReadOnlySpan<int> indices, int tensorCount, string path, long offset, bool optional)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= tensorCount || indices[i] < (optional ? -1 : 0))
            {
                throw new ModelFormatException($"{path}[{i}]", offset, $"tensor {indices[i]} does not exist; the subgraph has {tensorCount}");
            }
        }
        return [.. indices];
    }

    private static ImmutableArray<SignatureInfo> ReadSignatures(ModelView model)
    {
        var signatures = ImmutableArray.CreateBuilder<SignatureInfo>();
        for (int i = 0; i < model.SignatureDefs.Count; i++)
        {
            var view = model.SignatureDefs[i];
            string path = $"signature_defs[{i}]";
            if (view.SubgraphIndex >= (uint)model.Subgraphs.Count)
            {
                throw new ModelFormatException($"{path}.subgraph_index", view.Table.Position, $"subgraph {view.SubgraphIndex} does not exist; the model has {model.Subgraphs.Count}");
            }
            if (view.SignatureKey.Length == 0) throw new ModelFormatException($"{path}.signature_key", view.Table.Position, "a signature needs a key, which callers ask for");
            int tensorCount = model.Subgraphs[(int)view.SubgraphIndex].Tensors.Count;
            signatures.Add(new(view.SignatureKey, (int)view.SubgraphIndex,
                Map(view.Inputs, tensorCount, $"{path}.inputs"), Map(view.Outputs, tensorCount, $"{path}.outputs")));
        }
        return signatures.ToImmutable();
    }

    private static ImmutableArray<(string, int)> Map(TableVector<TensorMapView> maps, int tensorCount, string path)
    {
        var list = new List<(string Name, int Tensor)>();
        for (int i = 0; i < maps.Count; i++)
        {
            if (maps[i].TensorIndex >= (uint)tensorCount)
            {
                throw new ModelFormatException($"{path}[{i}]", maps[i].Table.Position, $"tensor {maps[i].TensorIndex} does not exist; the subgraph has {tensorCount}");
            }
            list.Add((maps[i].Name, (int)maps[i].TensorIndex));
        }
        list.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return [.. list];
    }

    private ImmutableArray<(string, ConstantData)> ReadMetadata(ModelView model)
    {
        var metadata = ImmutableArray.CreateBuilder<(string, ConstantData)>();
        for (int i = 0; i < model.Metadata.Count; i++)
        {
            var view = model.Metadata[i];
            metadata.Add((view.Name, buffers.Buffer(model, view.Buffer, $"metadata[{i}].buffer")));
        }
        return metadata.ToImmutable();
    }
}
