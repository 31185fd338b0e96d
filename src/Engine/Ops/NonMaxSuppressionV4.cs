using Graft.Ops.Detection;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>NON_MAX_SUPPRESSION_V4: indices of the boxes that a greedy selection keeps, zeros behind them, and their number.</summary>
internal sealed class NonMaxSuppressionV4 : IOp<NonMaxSuppressionV4>
{
    public static OpSignature Signature => new(BuiltinOperator.NonMaxSuppressionV4, 1, "f32 f32 i32 f32 f32 -> i32 i32");

    public static NonMaxSuppressionV4 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => NonMaxSuppressionStep.Infer(c, isSoft: false);

    public IStep Prepare(in PrepareContext c) => NonMaxSuppressionStep.For(c, isSoft: false);
}
