using Graft.Ops.Fourier;

namespace Graft.Ops;

/// <summary>The custom operator IRFFT2D: the inverse of RFFT2D, as TensorFlow computes it.</summary>
internal sealed class Irfft2D : IOp<Irfft2D>
{
    public static OpSignature Signature => new("IRFFT2D", "c64 i32 -> f32");

    public static Irfft2D Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => RealFft2DShapes.Infer(c, isInverse: true);

    public IStep Prepare(in PrepareContext c) => new RealFft2DStep(c, isInverse: true);
}
