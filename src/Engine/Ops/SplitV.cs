using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SPLIT_V: parts of the sizes in input 1 along the axis in input 2; one size may be -1, for what remains.
/// </summary>
internal sealed class SplitV(int count) : IOp<SplitV>
{
    public static OpSignature Signature => new(BuiltinOperator.SplitV, 3, $"{Move.Types} i32|i64 i32 -> =0*");

    public static SplitV Read(in OperatorDef def) => new(def.Options<SplitVOptionsView>().NumSplits);

    public void Infer(in InferContext c)
    {
        var sizesShape = c.Shape(1);
        c.Require(count == c.OutputCount && sizesShape.Rank == 1 && sizesShape[0] == count,
            $"num_splits is {count}, there are {c.OutputCount} outputs and sizes of shape {sizesShape}");
        if (!c.TryIntegers(1, out int[]? sizes) || !c.TryIntegers(2, out int[]? axes)) return;
        c.Require(axes.Length == 1, $"the axis must be one number; {axes.Length} are given");
        int at = c.Axis(axes[0], c.Shape(0).Rank);
        int[] shape = c.Shape(0).Dimensions.ToArray();
        int whole = shape[at], open = Array.IndexOf(sizes, -1);
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == open) continue;
            c.Require(sizes[i] >= 0, $"size {i} is {sizes[i]}; one size may be -1, the others not negative");
            sum += sizes[i];
        }
        c.Require(open < 0 ? sum == whole : sum <= whole,
            $"sizes [{string.Join(",", sizes)}] do not add up to {whole}, the length of axis {at}");
        for (int i = 0; i < count; i++)
        {
            shape[at] = i == open ? whole - (int)sum : sizes[i];
            c.SetOutput(i, shape);
        }
    }

    public IStep Prepare(in PrepareContext c)
    {
        int at = c.Integers(2)[0];
        return Bands.SplitStep(c, 0, at < 0 ? at + c.Shape(0).Rank : at);
    }
}
