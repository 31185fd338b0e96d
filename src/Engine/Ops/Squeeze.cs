using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SQUEEZE: the input without the named axes, whose length is 1; without all such axes when none is named.
/// </summary>
internal sealed class Squeeze(int[] axes) : IOp<Squeeze>, IView
{
    public static OpSignature Signature => new(BuiltinOperator.Squeeze, 2, "any -> =0");

    public static Squeeze Read(in OperatorDef def) => new(def.Options<SqueezeOptionsView>().SqueezeDims.ToArray());

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        var dropped = new bool[shape.Rank];
        foreach (int axis in axes)
        {
            int at = c.Axis(axis, shape.Rank);
            c.Require(shape[at] == 1,
                $"axis {axis} of {shape} has length {shape[at]}; only axes of length 1 can be removed");
            dropped[at] = true;
        }
        var kept = new List<int>();
        for (int a = 0; a < shape.Rank; a++)
        {
            if (axes.Length == 0 ? shape[a] != 1 : !dropped[a]) kept.Add(shape[a]);
        }
        c.SetOutput(0, [.. kept]);
    }

    public IStep Prepare(in PrepareContext c) => CopyStep.For(c);
}
