using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>BROADCAST_TO: the input repeated to the shape in input 1, aligned at the last axis.</summary>
internal sealed class BroadcastTo : IOp<BroadcastTo>
{
    public static OpSignature Signature => new(BuiltinOperator.BroadcastTo, 4, $"{Move.Types} i32|i64 -> =0");

    public static BroadcastTo Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        if (!c.TryIntegers(1, out int[]? target)) return;
        var shape = c.Shape(0);
        bool fits = shape.Rank <= target.Length;
        for (int i = 1; fits && i <= shape.Rank; i++) fits = shape[^i] == 1 || shape[^i] == target[^i];
        c.Require(fits, $"shape {shape} does not broadcast to [{string.Join(",", target)}]");
        c.SetOutput(0, target);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape shape = c.Shape(0), target = c.OutputShape(0);
        long[] from = Move.Strides(shape), to = Move.Strides(target);
        var axes = new CopyAxis[target.Rank];
        for (int i = 1; i <= axes.Length; i++)
        {
            bool repeats = i > shape.Rank || shape[^i] == 1;
            axes[^i] = new(target[^i], repeats ? 0 : from[^i], to[^i]);
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes);
        return Move.Step(c, mover);
    }
}
