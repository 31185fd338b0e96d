using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MINIMUM of two tensors. Quantised values are compared as they are, so the scales must be equal.</summary>
internal sealed class Minimum : BinaryOp, IOp<Minimum>
{
    public static OpSignature Signature => new(BuiltinOperator.Minimum, 4, $"{NumberTypes.All}|bf16 =0 -> =0");

    public static Minimum Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<Smaller>(c);
}
