using Graft.Ops.Fourier;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>IMAG: the imaginary parts of complex values.</summary>
internal sealed class Imag : IOp<Imag>
{
    public static OpSignature Signature => new(BuiltinOperator.Imag, 1, ComplexPartStep.Types);

    public static Imag Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public IStep Prepare(in PrepareContext c) => ComplexPartStep.For(c, part: 1);
}
