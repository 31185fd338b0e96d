namespace Graft.Ops.Pointwise;

/// <summary>An operator on one input whose output has its shape, and may take its place.</summary>
internal abstract class RowOp : IOp, IInPlace
{
    public virtual ReadOnlySpan<int> InPlaceInputs => [0];

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public abstract IStep Prepare(in PrepareContext c);
}
