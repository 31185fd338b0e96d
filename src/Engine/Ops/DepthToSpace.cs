using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>DEPTH_TO_SPACE: the inverse of SPACE_TO_DEPTH.</summary>
internal sealed class DepthToSpace(int block) : IOp<DepthToSpace>
{
    public static OpSignature Signature => new(BuiltinOperator.DepthToSpace, 2, $"{Move.Types} -> =0");

    public static DepthToSpace Read(in OperatorDef def) => new(def.Options<DepthToSpaceOptionsView>().BlockSize);

    public void Infer(in InferContext c)
    {
        var image = c.Shape(0);
        long square = (long)block * block;
        c.Require(image.Rank == 4 && block > 0 && image[3] % square == 0,
            $"shape {image} must be [batch,height,width,channels] with channels a multiple of {block} x {block}");
        long height = (long)image[1] * block, width = (long)image[2] * block;
        c.Require(height <= int.MaxValue && width <= int.MaxValue,
            $"{height} x {width} exceeds the limit of {int.MaxValue}");
        c.SetOutput(0, image[0], (int)height, (int)width, (int)(image[3] / square));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var axes = Squares.Axes(c.OutputShape(0), block);
        for (int a = 0; a < axes.Length; a++) axes[a] = new(axes[a].Length, axes[a].Target, axes[a].Source);
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes);
        return Move.Step(c, mover);
    }
}
