namespace Graft.Ops.Pointwise;

/// <summary>x * logistic(x) of floats, which a pass makes of LOGISTIC and MUL.</summary>
internal sealed class Gated : UnaryOp
{
    public override IStep Prepare(in PrepareContext c) => Flat.Real<Kernels.Maths.Swish>(c);
}
