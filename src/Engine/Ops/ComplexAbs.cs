using Graft.Kernels.Fourier;
using Graft.Ops.Fourier;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>COMPLEX_ABS: the absolute values of complex values.</summary>
internal sealed class ComplexAbs : IOp<ComplexAbs>
{
    public static OpSignature Signature => new(BuiltinOperator.ComplexAbs, 1, ComplexPartStep.Types);

    public static ComplexAbs Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public IStep Prepare(in PrepareContext c) => c.Type(0) == DType.Complex64
        ? new Floats(c.In(0), c.Out(0))
        : new Doubles(c.In(0), c.Out(0));

    private sealed class Floats(Operand input, Operand output) : IStep
    {
        public void Run(in RunContext c) => ComplexParts.Abs(c.Read<float>(input), c.Write<float>(output));
    }

    private sealed class Doubles(Operand input, Operand output) : IStep
    {
        public void Run(in RunContext c) => ComplexParts.Abs(c.Read<double>(input), c.Write<double>(output));
    }
}
