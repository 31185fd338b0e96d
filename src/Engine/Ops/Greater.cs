using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>GREATER: a &gt; b.</summary>
internal sealed class Greater : BinaryOp, IOp<Greater>
{
    public static OpSignature Signature => new(BuiltinOperator.Greater, 2, $"{NumberTypes.All}|bf16 =0 -> bool");

    public static Greater Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Comparison.Step<IsGreater>(c);
}
