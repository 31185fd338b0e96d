using Graft.Kernels.Move;
using Graft.Ops.Moves;

namespace Graft.Ops;

/// <summary>
/// The custom operator Roll: elements move by input 1 (shift) along the axes in input 2; what leaves at one end comes
/// in at the other. Shifts of an axis that is named several times add up.
/// </summary>
internal sealed class Roll : IOp<Roll>
{
    public static OpSignature Signature => new("Roll", $"{Move.Types} i32|i64 i32|i64 -> =0");

    public static Roll Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(1).Rank <= 1 && c.Shape(1).ElementCount == c.Shape(2).ElementCount,
            $"shift {c.Shape(1)} and axis {c.Shape(2)} must be scalars or vectors of one length");
        if (!c.TryIntegers(1, out _) || !c.TryIntegers(2, out int[]? axes)) return;
        foreach (int axis in axes) c.Axis(axis, c.Shape(0).Rank);
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        int[] shifts = c.Integers(1), axes = c.Integers(2);
        var total = new long[shape.Rank];
        for (int i = 0; i < axes.Length; i++) total[axes[i] < 0 ? axes[i] + shape.Rank : axes[i]] += shifts[i];
        for (int a = 0; a < total.Length && shape.ElementCount > 0; a++)
        {
            total[a] = (total[a] % shape[a] + shape[a]) % shape[a];
        }
        var mover = new CopyMover(c.Type(0));
        if (shape.ElementCount > 0)
        {
            AddBoxes(mover, shape, total, Move.Strides(shape), new CopyAxis[shape.Rank], 0, 0, 0);
        }
        return Move.Step(c, mover);
    }

    /// <summary>
    /// Each axis that moves splits the tensor in two: what stays ahead of the end, and what wraps around.
    /// </summary>
    private static void AddBoxes(CopyMover mover, Shape shape, long[] shifts, long[] strides, CopyAxis[] box, int axis,
        long from, long to)
    {
        if (axis == shape.Rank)
        {
            mover.Copy(box, from, to);
            return;
        }
        int shift = (int)shifts[axis];
        box[axis] = new(shape[axis] - shift, strides[axis], strides[axis]);
        AddBoxes(mover, shape, shifts, strides, box, axis + 1, from, to + shift * strides[axis]);
        if (shift == 0) return;
        box[axis] = new(shift, strides[axis], strides[axis]);
        AddBoxes(mover, shape, shifts, strides, box, axis + 1, from + (shape[axis] - shift) * strides[axis], to);
    }
}
