namespace Graft.Ops.Pointwise;

/// <summary>An operator whose output element i depends on input element i alone.</summary>
internal abstract class UnaryOp : IOp, IInPlace
{
    public virtual ReadOnlySpan<int> InPlaceInputs => [0];

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public abstract IStep Prepare(in PrepareContext c);
}
