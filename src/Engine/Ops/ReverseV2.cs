using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REVERSE_V2: the input with the order along the axes in input 1 reversed.</summary>
internal sealed class ReverseV2 : IOp<ReverseV2>
{
    public static OpSignature Signature => new(BuiltinOperator.ReverseV2, 4, $"{Move.Types} i32|i64 -> =0");

    public static ReverseV2 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        if (!c.TryIntegers(1, out int[]? axes)) return;
        foreach (int axis in axes) c.Axis(axis, c.Shape(0).Rank);
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        var strides = Move.Strides(shape);
        var axes = new CopyAxis[shape.Rank];
        for (int a = 0; a < axes.Length; a++) axes[a] = new(shape[a], strides[a], strides[a]);
        long start = 0;
        foreach (int axis in c.Integers(1).Select(a => a < 0 ? a + shape.Rank : a).Distinct())
        {
            axes[axis] = axes[axis] with { Source = -strides[axis] };
            start += Math.Max(shape[axis] - 1, 0) * strides[axis];
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes, start);
        return Move.Step(c, mover);
    }
}
