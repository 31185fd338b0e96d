using Graft.Ops.Fourier;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RFFT2D: the two-dimensional Fourier transform of real matrices, the half of it that the other half mirrors.</summary>
internal sealed class Rfft2D : IOp<Rfft2D>
{
    public static OpSignature Signature => new(BuiltinOperator.Rfft2D, 1, "f32 i32 -> c64");

    public static Rfft2D Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => RealFft2DShapes.Infer(c, isInverse: false);

    public IStep Prepare(in PrepareContext c) => new RealFft2DStep(c, isInverse: false);
}
