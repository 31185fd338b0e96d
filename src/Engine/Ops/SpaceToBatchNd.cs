using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SPACE_TO_BATCH_ND: pads the spatial axes by input 2, then deals their positions modulo the blocks in input 1 out to
/// batches.
/// </summary>
internal sealed class SpaceToBatchNd : IOp<SpaceToBatchNd>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.SpaceToBatchNd, 4, $"{Move.Fixed} i32|i64 i32|i64 -> =0");

    public static SpaceToBatchNd Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        SameQuantization.Require(c, 0, 0);
        if (SpatialBlocks.Read(c) is not { } spatial) return;
        int[] result = c.Shape(0).Dimensions.ToArray();
        long batch = result[0];
        for (int d = 0; d < spatial.Blocks.Length; d++)
        {
            long padded = (long)result[d + 1] + spatial.Before[d] + spatial.After[d];
            c.Require(padded % spatial.Blocks[d] == 0 && padded <= int.MaxValue,
                $"{padded} positions along axis {d + 1}, padding included, "
                    + $"are no multiple of the block {spatial.Blocks[d]}");
            result[d + 1] = (int)(padded / spatial.Blocks[d]);
            batch *= spatial.Blocks[d];
            c.Require(batch <= int.MaxValue, $"{batch} batches exceed the limit of {int.MaxValue}");
        }
        result[0] = (int)batch;
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var spatial = SpatialBlocks.Of(c.Integers(1), c.Integers(2));
        return Move.Step(c, BlockedBatch.ToBlocked(c.Type(0), c.Shape(0), c.OutputShape(0), spatial.Blocks,
            spatial.Before, ZeroElement.Of(c.Output(0))));
    }
}
