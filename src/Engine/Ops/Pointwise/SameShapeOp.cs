namespace Graft.Ops.Pointwise;

/// <summary>An operator on the elements of two inputs of one shape, which is not broadcast.</summary>
internal abstract class SameShapeOp : BinaryOp
{
    public sealed override void Infer(in InferContext c)
    {
        c.Require(c.Shape(0) == c.Shape(1), $"shapes {c.Shape(0)} and {c.Shape(1)} differ; this operator does not broadcast");
        c.SetOutput(0, c.Shape(0));
    }
}
