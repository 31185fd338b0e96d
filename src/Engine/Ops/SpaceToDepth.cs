using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SPACE_TO_DEPTH: each block x block square of an image becomes the channels of one pixel, its rows first.
/// </summary>
internal sealed class SpaceToDepth(int block) : IOp<SpaceToDepth>
{
    public static OpSignature Signature => new(BuiltinOperator.SpaceToDepth, 2, $"{Move.Types} -> =0");

    public static SpaceToDepth Read(in OperatorDef def) => new(def.Options<SpaceToDepthOptionsView>().BlockSize);

    public void Infer(in InferContext c)
    {
        var image = c.Shape(0);
        c.Require(image.Rank == 4 && block > 0 && image[1] % block == 0 && image[2] % block == 0,
            $"shape {image} must be [batch,height,width,channels], "
                + $"height and width multiples of the block size {block}");
        long channels = (long)image[3] * block * block;
        c.Require(channels <= int.MaxValue,
            $"{image[3]} channels times {block} x {block} exceed the limit of {int.MaxValue}");
        c.SetOutput(0, image[0], image[1] / block, image[2] / block, (int)channels);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var mover = new CopyMover(c.Type(0));
        mover.Copy(Squares.Axes(c.Shape(0), block));
        return Move.Step(c, mover);
    }
}
