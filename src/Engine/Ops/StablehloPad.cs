using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_PAD: input 0 with input 1 before, behind and between its elements along each axis; where an edge is negative, elements are cut
/// off.
/// </summary>
internal sealed class StablehloPad(int[] before, int[] after, int[] between) : IOp<StablehloPad>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloPad, 1, $"{Move.Types} =0 -> =0");

    public static StablehloPad Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloPadOptionsView>();
        return new(Integers.Saturate(options.EdgePaddingLow), Integers.Saturate(options.EdgePaddingHigh), Integers.Saturate(options.InteriorPadding));
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(c.Shape(1).ElementCount == 1, $"the padding value must be one element; it has shape {c.Shape(1)}");
        foreach (int[] values in (int[][])[before, after, between])
        {
            c.Require(values.Length == shape.Rank, $"padding [{string.Join(",", values)}] needs one value for each axis of {shape}");
        }
        var result = new int[shape.Rank];
        for (int a = 0; a < result.Length; a++)
        {
            c.Require(between[a] >= 0, $"padding {between[a]} between elements is negative");
            long length = before[a] + shape[a] + Math.Max(shape[a] - 1L, 0) * between[a] + after[a];
            c.Require(length <= int.MaxValue, $"axis {a} of the output would have {length} elements");
            result[a] = (int)Math.Max(length, 0);
        }
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape shape = c.Shape(0), padded = c.OutputShape(0);
        long[] from = Move.Strides(shape), to = Move.Strides(padded);
        var axes = new CopyAxis[shape.Rank];
        long source = 0, target = 0;
        for (int a = 0; a < axes.Length; a++)
        {
            long step = between[a] + 1L;
            long first = before[a] < 0 ? (step - 1L - before[a]) / step : 0;
            long end = Math.Min(shape[a], (padded[a] - 1L - before[a] + step) / step);
            axes[a] = new((int)Math.Max(end - first, 0), from[a], step * to[a]);
            source += first * from[a];
            target += (before[a] + first * step) * to[a];
        }
        var mover = new CopyMover(c.Type(0), isSequence: true);
        if (padded.ElementCount > 0) mover.Copy([new(checked((int)padded.ElementCount), 0, 1)], source: 1);
        if (padded.ElementCount > 0 && axes.All(a => a.Length > 0)) mover.Copy(axes, source, target);
        return Move.Step(c, mover, [0, 1], [0]);
    }
}
