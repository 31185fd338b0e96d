using Graft.Errors;
using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// MIRROR_PAD: margins that mirror the input at its edges, with the edge itself (SYMMETRIC) or without it (REFLECT).
/// </summary>
internal sealed class MirrorPad(bool repeatsEdge) : IOp<MirrorPad>
{
    public static OpSignature Signature => new(BuiltinOperator.MirrorPad, 3, $"{Move.Types} i32|i64 -> =0");

    public static MirrorPad Read(in OperatorDef def)
    {
        var mode = def.Options<MirrorPadOptionsView>().Mode;
        if (mode is not (MirrorPadMode.Reflect or MirrorPadMode.Symmetric))
        {
            throw new UnsupportedOptionException($"mode {(int)mode} is unknown");
        }
        return new(mode == MirrorPadMode.Symmetric);
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        SameQuantization.Require(c, 0, 0);
        if (Margins.Read(c, 1, shape.Rank) is not { } margins) return;
        for (int a = 0; a < shape.Rank; a++)
        {
            int most = repeatsEdge ? shape[a] : shape[a] - 1;
            c.Require(margins.Before(a) <= most && margins.After(a) <= most,
                $"paddings {margins.Before(a)} and {margins.After(a)} of axis {a} exceed {most}, "
                    + $"what there is to mirror in {shape}");
        }
        c.SetOutput(0, margins.Apply(c, shape));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var margins = Margins.Of(c.Integers(1));
        Shape shape = c.Shape(0), padded = c.OutputShape(0);
        var mover = new CopyMover(c.Type(0), isSequence: true);
        var (axes, start) = margins.Interior(shape, padded);
        mover.Copy(axes, 0, start);
        var strides = Move.Strides(padded);
        // Axis by axis from the innermost: what an axis mirrors is complete along the axes after it.
        for (int a = shape.Rank - 1; a >= 0; a--)
        {
            long inside = 0;
            for (int d = 0; d <= a; d++) inside += margins.Before(d) * strides[d];
            int edge = repeatsEdge ? 0 : 1;
            long end = inside + shape[a] * strides[a];
            mover.CopyWithin(Box(margins.Before(a), a), inside + edge * strides[a], inside - strides[a]);
            mover.CopyWithin(Reversed(Box(margins.After(a), a), a), end - (1 + edge) * strides[a], end);
        }
        return Move.Step(c, mover);

        // Before the input the target runs backwards from the edge, after it the source does.
        CopyAxis[] Box(int length, int axis)
        {
            var box = new CopyAxis[shape.Rank];
            for (int d = 0; d < box.Length; d++)
            {
                box[d] = d == axis ? new(length, strides[d], -strides[d])
                    : new(d < axis ? shape[d] : padded[d], strides[d], strides[d]);
            }
            return box;
        }

        CopyAxis[] Reversed(CopyAxis[] box, int axis)
        {
            box[axis] = box[axis] with { Source = -strides[axis], Target = strides[axis] };
            return box;
        }
    }
}
