using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>PADV2: PAD with the value of input 2 in the margins.</summary>
internal sealed class PadV2 : IOp<PadV2>
{
    private static readonly Pad Padded = new();

    public static OpSignature Signature =>
        new(BuiltinOperator.PadV2, 6, $"{Move.Types} i32|i64|i16|i8|u8|bool =0? -> =0");

    public static PadV2 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        if (c.HasInput(2)) SameQuantization.Require(c, 2, 0);
        else c.Require(c.Type(0) != DType.String, "strings need a padding value");
        Padded.Infer(c);
    }

    public IStep Prepare(in PrepareContext c) => Padded.Prepare(c);
}
