using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>BATCH_TO_SPACE_ND: the inverse of SPACE_TO_BATCH_ND; input 2 says how much is cropped.</summary>
internal sealed class BatchToSpaceNd : IOp<BatchToSpaceNd>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.BatchToSpaceNd, 4, $"{Move.Fixed} i32|i64 i32|i64 -> =0");

    public static BatchToSpaceNd Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        SameQuantization.Require(c, 0, 0);
        if (SpatialBlocks.Read(c) is not { } spatial) return;
        int[] result = c.Shape(0).Dimensions.ToArray();
        for (int d = 0; d < spatial.Blocks.Length; d++)
        {
            c.Require(result[0] % spatial.Blocks[d] == 0,
                $"batch {c.Shape(0)[0]} is no multiple of the blocks [{string.Join(",", spatial.Blocks)}]");
            result[0] /= spatial.Blocks[d];
            long whole = (long)result[d + 1] * spatial.Blocks[d], length = whole - spatial.Before[d] - spatial.After[d];
            c.Require(length is >= 0 and <= int.MaxValue,
                $"crops {spatial.Before[d]} and {spatial.After[d]} do not fit the {whole} positions of axis {d + 1}");
            result[d + 1] = (int)length;
        }
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var spatial = SpatialBlocks.Of(c.Integers(1), c.Integers(2));
        return Move.Step(c, BlockedBatch.ToImage(c.Type(0), c.OutputShape(0), c.Shape(0), spatial.Blocks,
            spatial.Before));
    }
}
