using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>FILL: a tensor of the shape in input 0, every element the scalar in input 1.</summary>
internal sealed class Fill : IOp<Fill>
{
    public static OpSignature Signature => new(BuiltinOperator.Fill, 5, $"i32|i64 {Move.Types} -> =1");

    public static Fill Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 1, $"the shape must be a vector; it has shape {c.Shape(0)}");
        c.Require(c.Shape(1).ElementCount == 1, $"the value must be a scalar; it has shape {c.Shape(1)}");
        SameQuantization.Require(c, 1, 0);
        if (c.TryIntegers(0, out int[]? shape)) c.SetOutput(0, shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var mover = new CopyMover(c.Type(1));
        var shape = c.OutputShape(0);
        var strides = Move.Strides(shape);
        var axes = new CopyAxis[shape.Rank];
        for (int a = 0; a < axes.Length; a++) axes[a] = new(shape[a], 0, strides[a]);
        mover.Copy(axes);
        return Move.Step(c, mover, [1], [0]);
    }
}
