using Graft.Adapters.Binding;
using Graft.Graphs;
using Graft.Ops.Matrix;

namespace Graft.Ops.Adapted;

/// <summary>
/// Attention as exporters write it, seen from the product with the values: softmax(beta (scale Q Kᵀ + mask)) V, the mask added or selected.
/// </summary>
/// <param name="Query">Q: (..., queries, head size), scale not included.</param>
/// <param name="Scores">What the softmax reads: (..., queries, keys).</param>
/// <param name="Scale">Factor of Q Kᵀ.</param>
/// <param name="Beta">Factor of the softmax.</param>
/// <param name="Projection">The layer that makes the queries, whose input is the hidden states; null where that is not seen.</param>
internal readonly record struct Attention(int Query, int Scores, float Scale, float Beta, Node? Projection)
{
    /// <summary>More nodes than exporters put between the two products.</summary>
    private const int DepthMax = 12;

    /// <summary>The hidden states of which the queries are made.</summary>
    public int? Hidden => Projection?.Inputs[0];

    /// <returns>Null for a product that is no such thing.</returns>
    public static Attention? Find(Subgraph subgraph, Node values)
    {
        if (values.Op is not BatchMatMul { IsLeftTransposed: false }) return null;
        var node = subgraph.Writer(values.Inputs[0]);
        while (node?.Op is IView) node = subgraph.Writer(node.Inputs[0]);
        if (node?.Op is not Softmax softmax || Walk(subgraph, node.Inputs[0], 1, DepthMax) is not var (query, scale)) return null;
        return new(query, node.Inputs[0], scale, softmax.Beta, ProjectionOf(subgraph, query));
    }

    private static Node? ProjectionOf(Subgraph subgraph, int query)
    {
        for (int depth = 0; depth < DepthMax && subgraph.Writer(query) is { } node; depth++)
        {
            switch (node.Op)
            {
                case FullyConnected or Conv2D:
                case BatchMatMul when LinearProduct.Of(subgraph, node) is { Weight: 1, HasColumns: false }:
                    return node;
                case IView or Transpose or Quantize or Dequantize or Slice or StridedSlice or Split:
                    query = node.Inputs[node.Op is Split ? 1 : 0];
                    continue;
                case Mul or Div or Add when IsConstant(subgraph, node.Inputs[1]):
                    query = node.Inputs[0];
                    continue;
                case Mul or Add when IsConstant(subgraph, node.Inputs[0]):
                    query = node.Inputs[1];
                    continue;
            }
            break;
        }
        return null;
    }

    private static (int Query, float Scale)? Walk(Subgraph subgraph, int tensor, float scale, int depth)
    {
        if (depth == 0 || subgraph.Writer(tensor) is not { } node) return null;
        switch (node.Op)
        {
            case BatchMatMul { IsLeftTransposed: false } when !IsConstant(subgraph, node.Inputs[1]):
                return (node.Inputs[0], scale);
            case IView or Quantize or Dequantize:
                return Walk(subgraph, node.Inputs[0], scale, depth - 1);
            case Mul or Div when Factor(subgraph, node.Inputs[1]) is { } factor:
                return Walk(subgraph, node.Inputs[0], node.Op is Mul ? scale * factor : scale / factor, depth - 1);
            case Mul when Factor(subgraph, node.Inputs[0]) is { } factor:
                return Walk(subgraph, node.Inputs[1], scale * factor, depth - 1);
            case Add:
                return Walk(subgraph, node.Inputs[0], scale, depth - 1) ?? Walk(subgraph, node.Inputs[1], scale, depth - 1);
            case SelectV2:
                return Walk(subgraph, node.Inputs[1], scale, depth - 1) ?? Walk(subgraph, node.Inputs[2], scale, depth - 1);
            default:
                return null;
        }
    }

    private static bool IsConstant(Subgraph subgraph, int tensor) => subgraph.Tensors[tensor].Constant.IsPresent;

    /// <summary>The one number that a constant stands for, or null.</summary>
    private static float? Factor(Subgraph subgraph, int tensor)
    {
        var info = subgraph.Tensors[tensor];
        bool isNumber = info.Constant.IsPresent && info.Shape.ElementCount == 1 && (info.Type is DType.Float32 or DType.Float16 || info.Quantization is { Scale: > 0 });
        return isNumber ? ConstantValues.Read(subgraph, info)[0] : null;
    }
}
