using Graft.Graphs;

namespace Graft.Ops.Matrix;

/// <summary>
/// A batched product of which one factor is a single constant matrix: a linear layer. Its rows are those of the other factor, or, where the
/// constant stands on the left, the columns of it and of the output.
/// </summary>
/// <param name="Weight">Which of the factors is the weight.</param>
/// <param name="IsOutputsFirst">The weight is stored as (out, in), not as (in, out).</param>
/// <param name="HasColumns">The rows of the input are stored as columns of its matrices.</param>
internal readonly record struct LinearProduct(int Weight, bool IsOutputsFirst, bool HasColumns)
{
    /// <summary>The factor that the layer's rows come from.</summary>
    public int Data => 1 - Weight;

    /// <summary>The rows of the output are columns of its matrices.</summary>
    public bool YieldsColumns => Weight == 0;

    /// <returns>Null for another operator, for a product of two computed factors, and where a batch has matrices of its own.</returns>
    public static LinearProduct? Of(Subgraph subgraph, Node node)
    {
        if (node.Op is not BatchMatMul product) return null;
        if (IsMatrix(subgraph, node.Inputs[1])) return new(1, product.IsRightTransposed, product.IsLeftTransposed);
        if (IsMatrix(subgraph, node.Inputs[0])) return new(0, !product.IsLeftTransposed, !product.IsRightTransposed);
        return null;
    }

    /// <summary>A constant with two dimensions, and maybe leading ones.</summary>
    private static bool IsMatrix(Subgraph subgraph, int tensor)
    {
        var info = subgraph.Tensors[tensor];
        return info.Constant.IsPresent && info.Shape.Rank >= 2 && info.Shape.Product(0, info.Shape.Rank - 2) == 1;
    }
}
