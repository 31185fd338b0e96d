using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LESS: a &lt; b.</summary>
internal sealed class Less : BinaryOp, IOp<Less>
{
    public static OpSignature Signature => new(BuiltinOperator.Less, 3, $"{NumberTypes.All}|bf16 =0 -> bool");

    public static Less Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Comparison.Step<IsLess>(c);
}
