using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MAXIMUM of two tensors. Quantised values are compared as they are, so the scales must be equal.</summary>
internal sealed class Maximum : BinaryOp, IOp<Maximum>
{
    public static OpSignature Signature => new(BuiltinOperator.Maximum, 4, $"{NumberTypes.All}|bf16 =0 -> =0");

    public static Maximum Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<Larger>(c);
}
