using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SPLIT: equal parts along an axis, which is input 0.</summary>
internal sealed class Split(int count) : IOp<Split>
{
    public static OpSignature Signature => new(BuiltinOperator.Split, 5, $"i32 {Move.Types} -> =1*");

    public static Split Read(in OperatorDef def) => new(def.Options<SplitOptionsView>().NumSplits);

    public void Infer(in InferContext c)
    {
        c.Require(count == c.OutputCount, $"num_splits is {count}, but there are {c.OutputCount} outputs");
        if (!c.TryIntegers(0, out int[]? axes)) return;
        c.Require(axes.Length == 1, $"the axis must be one number; {axes.Length} are given");
        int at = c.Axis(axes[0], c.Shape(1).Rank);
        int[] shape = c.Shape(1).Dimensions.ToArray();
        c.Require(shape[at] % count == 0, $"{shape[at]} along axis {at} do not divide into {count} equal parts");
        shape[at] /= count;
        for (int i = 0; i < count; i++) c.SetOutput(i, shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int at = c.Integers(0)[0];
        return Bands.SplitStep(c, 1, at < 0 ? at + c.Shape(1).Rank : at);
    }
}
