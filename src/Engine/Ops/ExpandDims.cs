using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>EXPAND_DIMS: a new axis of length 1 before the axis in input 1; -1 is after the last.</summary>
internal sealed class ExpandDims : IOp<ExpandDims>, IView
{
    public static OpSignature Signature => new(BuiltinOperator.ExpandDims, 1, "any i32|i64 -> =0");

    public static ExpandDims Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        SameQuantization.Require(c, 0, 0);
        c.Require(c.Shape(1).ElementCount == 1, $"the axis must be one number; it has shape {c.Shape(1)}");
        if (!c.TryIntegers(1, out int[]? axes)) return;
        var shape = c.Shape(0).Dimensions;
        int at = c.Axis(axes[0], shape.Length + 1);
        c.SetOutput(0, [.. shape[..at], 1, .. shape[at..]]);
    }

    public IStep Prepare(in PrepareContext c) => CopyStep.For(c);
}
