using Graft.Ops.Fourier;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REAL: the real parts of complex values.</summary>
internal sealed class Real : IOp<Real>
{
    public static OpSignature Signature => new(BuiltinOperator.Real, 1, ComplexPartStep.Types);

    public static Real Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public IStep Prepare(in PrepareContext c) => ComplexPartStep.For(c, part: 0);
}
