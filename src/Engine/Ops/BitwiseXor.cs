using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>BITWISE_XOR of integers.</summary>
internal sealed class BitwiseXor : BinaryOp, IOp<BitwiseXor>
{
    public static OpSignature Signature => new(BuiltinOperator.BitwiseXor, 1, "u8|i8|u16|i16|u32|i32|u64|i64 =0 -> =0");

    public static BitwiseXor Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Arithmetic.Step<BitXor>(c);
}
