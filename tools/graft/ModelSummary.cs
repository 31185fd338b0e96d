using System.Collections.Immutable;
using Graft.Loading;
using Graft.Schema;

namespace Graft.Cli;

/// <summary>A tensor as the file describes it.</summary>
internal sealed record TensorSummary(string Name, int Index, string Type, ImmutableArray<int> Shape,
    ImmutableArray<int> ShapeSignature,
    ImmutableArray<float> Scales, ImmutableArray<long> ZeroPoints, int Axis)
{
    /// <summary>The quantisation in a few words; empty where there is none.</summary>
    public string Quantization => Scales.Length switch
    {
        0 => "",
        1 => FormattableString.Invariant($"{Scales[0]:G6} * (q - {(ZeroPoints.IsEmpty ? 0 : ZeroPoints[0])})"),
        _ => $"{Scales.Length} scales on axis {Axis}",
    };
}

/// <summary>A signature: the names of its inputs and outputs, sorted.</summary>
internal sealed record SignatureSummary(string Key, string[] Inputs, string[] Outputs);

/// <summary>Operators of one kind and version.</summary>
internal sealed record OperatorSummary(string Name, int Version, int Count);

/// <summary>
/// What a file says, read without running it, so that models which Graft cannot run are described too.
/// </summary>
internal sealed record ModelSummary
{
    public required string Description { get; init; }

    public required long ByteCount { get; init; }

    public required long ConstantBytes { get; init; }

    public required TensorSummary[] Inputs { get; init; }

    public required TensorSummary[] Outputs { get; init; }

    public required SignatureSummary[] Signatures { get; init; }

    public required OperatorSummary[] Operators { get; init; }

    public required (string Name, int Nodes, int Tensors)[] Subgraphs { get; init; }

    public required (string Name, long ByteCount)[] Metadata { get; init; }

    /// <exception cref="ModelFormatException">The file is malformed.</exception>
    public static ModelSummary Read(string path)
    {
        var bytes = ModelBytes.Open(path, copy: false);
        try
        {
            Verifier.Verify(bytes.FlatBuffer);
            return Read(ModelView.Root(bytes.FlatBuffer), bytes.Length);
        }
        finally
        {
            bytes.Release();
        }
    }

    private static ModelSummary Read(ModelView model, long byteCount)
    {
        if (model.Subgraphs.Count == 0)
            throw new ModelFormatException("subgraphs", model.Table.Position, "the model has no subgraph");
        var main = model.Subgraphs[0];
        return new()
        {
            Description = model.Description,
            ByteCount = byteCount,
            ConstantBytes = SumBuffers(model),
            Inputs = Tensors(main, main.Inputs),
            Outputs = Tensors(main, main.Outputs),
            Signatures = ReadSignatures(model),
            Operators = CountOperators(model),
            Subgraphs = ReadSubgraphs(model),
            Metadata = ReadMetadata(model),
        };
    }

    private static long SumBuffers(ModelView model)
    {
        long sum = 0;
        foreach (var buffer in model.Buffers) sum += buffer.Offset > 1 ? (long)buffer.Size : buffer.Data.Length;
        return sum;
    }

    private static TensorSummary[] Tensors(SubGraphView subgraph, ReadOnlySpan<int> indices)
    {
        var summaries = new TensorSummary[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)subgraph.Tensors.Count)
                throw new ModelFormatException("subgraphs[0]", subgraph.Table.Position,
                    $"tensor {indices[i]} does not exist; the subgraph has {subgraph.Tensors.Count}");
            var tensor = subgraph.Tensors[indices[i]];
            var quantization = tensor.Quantization;
            summaries[i] = new(tensor.Name, indices[i], SchemaNames.Of(tensor.Type).ToLowerInvariant(),
                [.. tensor.Shape], [.. tensor.ShapeSignature],
                [.. quantization.Scale], [.. quantization.ZeroPoint], quantization.QuantizedDimension);
        }
        return summaries;
    }

    private static SignatureSummary[] ReadSignatures(ModelView model)
    {
        var signatures = new List<SignatureSummary>();
        foreach (var signature in model.SignatureDefs)
            signatures.Add(new(signature.SignatureKey, Names(signature.Inputs), Names(signature.Outputs)));
        return [.. signatures];
    }

    private static string[] Names(TableVector<TensorMapView> maps)
    {
        var names = new List<string>();
        foreach (var map in maps) names.Add(map.Name);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private static OperatorSummary[] CountOperators(ModelView model)
    {
        var counts = new SortedDictionary<(string Name, int Version), int>();
        foreach (var subgraph in model.Subgraphs)
        {
            foreach (var op in subgraph.Operators)
            {
                if (op.OpcodeIndex >= (uint)model.OperatorCodes.Count)
                    throw new ModelFormatException("opcode_index", op.Table.Position,
                        $"operator code {op.OpcodeIndex} does not exist; the model has {model.OperatorCodes.Count}");
                var code = model.OperatorCodes[(int)op.OpcodeIndex];
                bool isCustom = code.Code == BuiltinOperator.Custom;
                var key = (isCustom ? $"CUSTOM {code.CustomCode}" : SchemaNames.Of(code.Code), code.Version);
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }
        return [.. counts.Select(c => new OperatorSummary(c.Key.Name, c.Key.Version, c.Value))];
    }

    private static (string Name, int Nodes, int Tensors)[] ReadSubgraphs(ModelView model)
    {
        var subgraphs = new List<(string, int, int)>();
        foreach (var subgraph in model.Subgraphs)
            subgraphs.Add((subgraph.Name, subgraph.Operators.Count, subgraph.Tensors.Count));
        return [.. subgraphs];
    }

    private static (string Name, long ByteCount)[] ReadMetadata(ModelView model)
    {
        var metadata = new List<(string, long)>();
        foreach (var entry in model.Metadata)
        {
            long size = entry.Buffer < (uint)model.Buffers.Count ? model.Buffers[(int)entry.Buffer].Data.Length : 0;
            metadata.Add((entry.Name, size));
        }
        return [.. metadata];
    }
}
