using Graft.Ops.Detection;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>NON_MAX_SUPPRESSION_V5: the same as version 4 with scores that decay with overlap, which are an output too.</summary>
internal sealed class NonMaxSuppressionV5 : IOp<NonMaxSuppressionV5>
{
    public static OpSignature Signature => new(BuiltinOperator.NonMaxSuppressionV5, 1, "f32 f32 i32 f32 f32 f32 -> i32 f32 i32");

    public static NonMaxSuppressionV5 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => NonMaxSuppressionStep.Infer(c, isSoft: true);

    public IStep Prepare(in PrepareContext c) => NonMaxSuppressionStep.For(c, isSoft: true);
}
