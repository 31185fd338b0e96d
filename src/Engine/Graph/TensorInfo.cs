using System.Collections.Immutable;

namespace Graft.Graphs;

/// <summary>What the file says of one tensor. Immutable.</summary>
internal sealed record TensorInfo
{
    /// <summary>The largest rank that operators take.</summary>
    public const int RankMax = Kernels.Elementwise.BroadcastShape.RankMax;

    public required string Name { get; init; }

    public required DType Type { get; init; }

    /// <summary>The declared shape; a dimension that the signature leaves open is 1 here, as the converter writes it.</summary>
    public required Shape Shape { get; init; }

    /// <summary>Dimensions of the signature, -1 where open; default when the file has none.</summary>
    public ImmutableArray<int> ShapeSignature { get; init; }

    /// <summary>False when the file declares neither a rank nor dimensions, so that the shape is known only at run time.</summary>
    public bool HasRank { get; init; } = true;

    public Quantization? Quantization { get; init; }

    public Sparsity? Sparsity { get; init; }

    public bool IsVariable { get; init; }

    public ConstantData Constant { get; init; }

    /// <summary>What an input of the subgraph holds until the caller writes it: the data that its file gives it.</summary>
    public ConstantData Initial { get; init; }

    /// <summary>Index of the buffer in the file; 0 is the empty buffer.</summary>
    public int BufferIndex { get; init; }

    public required Origin Origin { get; init; }

    /// <summary>True when the declared dimensions can be relied on: no open dimension, and a rank.</summary>
    public bool IsShapeFixed => HasRank && (ShapeSignature.IsDefaultOrEmpty || !ShapeSignature.Contains(-1));

    public long ByteCount => Type.ByteCount(Shape.ElementCount);

    public override string ToString() => $"\"{Errors.Throw.Brief(Name)}\" {Type.Name()}{Shape}";
}
