using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Matrix;

namespace Graft.Adapters.Binding;

/// <summary>Where nodes that are layers hold their weights.</summary>
internal static class WeightNode
{
    /// <returns>Null for what is none, or whose weight is not constant.</returns>
    public static (Placement Placement, ModuleKind Kind)? Of(Subgraph subgraph, Node node)
    {
        (int Operand, Orientation Orientation, ModuleKind Kind)? form = node.Op switch
        {
            FullyConnected => (1, Orientation.Rows, ModuleKind.Linear),
            Conv2D => (1, Orientation.Filter, ModuleKind.Convolution),
            DepthwiseConv2D => (1, Orientation.DepthwiseFilter, ModuleKind.Convolution),
            EmbeddingLookup => (1, Orientation.Table, ModuleKind.Embedding),
            Gather => (0, Orientation.Table, ModuleKind.Embedding),
            BatchMatMul when LinearProduct.Of(subgraph, node) is { } product => (product.Weight, product.IsOutputsFirst ? Orientation.Rows : Orientation.Columns, ModuleKind.Linear),
            _ => null,
        };
        if (form is not { } f || node.Inputs[f.Operand] < 0) return null;
        var weight = subgraph.Tensors[node.Inputs[f.Operand]];
        if (!weight.Constant.IsPresent || weight.Sparsity is not null || (weight.Shape.Rank is not (2 or 4) && node.Op is not BatchMatMul)) return null;
        if (weight.Type is DType.Int32 or DType.Int64 or DType.Bool or DType.String) return null;
        return (new() { Subgraph = subgraph.Index, Node = node.Origin.Last, Operand = f.Operand, Orientation = f.Orientation }, f.Kind);
    }
}
