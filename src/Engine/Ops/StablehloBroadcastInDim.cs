using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_BROADCAST_IN_DIM: axis i of the input becomes axis dims[i] of the output, repeated where it has length 1; the output's shape is
/// the declared one.
/// </summary>
internal sealed class StablehloBroadcastInDim(int[] dims) : IOp<StablehloBroadcastInDim>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloBroadcastInDim, 1, $"{Move.Types} -> =0");

    public static StablehloBroadcastInDim Read(in OperatorDef def) =>
        new(Integers.Saturate(def.Options2<StablehloBroadcastInDimOptionsView>().BroadcastDimensions));

    public void Infer(in InferContext c)
    {
        Shape shape = c.Shape(0), target = c.Output(0).Shape;
        bool fits = dims.Length == shape.Rank && Axes.AreDistinct(dims, target.Rank);
        for (int a = 0; fits && a < shape.Rank; a++) fits = shape[a] == 1 || shape[a] == target[dims[a]];
        c.Require(fits, $"shape {shape} does not broadcast to {target} along [{string.Join(",", dims)}]");
        c.SetOutput(0, target);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape shape = c.Shape(0), target = c.OutputShape(0);
        long[] from = Move.Strides(shape), to = Move.Strides(target);
        var axes = new CopyAxis[target.Rank];
        for (int d = 0; d < axes.Length; d++)
        {
            int axis = Array.IndexOf(dims, d);
            axes[d] = new(target[d], axis < 0 || shape[axis] == 1 ? 0 : from[axis], to[d]);
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes);
        return Move.Step(c, mover);
    }
}
