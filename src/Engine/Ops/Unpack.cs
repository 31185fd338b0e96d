using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNPACK: one output for each index along an axis, without that axis.</summary>
internal sealed class Unpack(int count, int axis) : IOp<Unpack>
{
    public static OpSignature Signature => new(BuiltinOperator.Unpack, 6, $"{Move.Types} -> =0*");

    public static Unpack Read(in OperatorDef def)
    {
        var options = def.Options<UnpackOptionsView>();
        return new(options.Num, options.Axis);
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank > 0, "a scalar cannot be unpacked");
        int at = c.Axis(axis, shape.Rank);
        c.Require(count == c.OutputCount && count == shape[at],
            $"num is {count}, but there are {c.OutputCount} outputs and shape {shape} has {shape[at]} along axis {at}");
        for (int i = 0; i < count; i++)
        {
            SameQuantization.Require(c, 0, i);
            c.SetOutput(i, [.. shape.Dimensions[..at], .. shape.Dimensions[(at + 1)..]]);
        }
    }

    public IStep Prepare(in PrepareContext c) => Bands.SplitStep(c, 0, axis < 0 ? axis + c.Shape(0).Rank : axis);
}
