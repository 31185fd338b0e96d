using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RIGHT_SHIFT of integers, keeping the sign; counts are limited to the bits of the type.</summary>
internal sealed class RightShift : BinaryOp, IOp<RightShift>
{
    public static OpSignature Signature => new(BuiltinOperator.RightShift, 1, "u8|i8|u16|i16|u32|i32|u64|i64 =0 -> =0");

    public static RightShift Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        var action = new Choice(c);
        return NumberTypes.DispatchInteger<Choice, IStep>(c.Type(0), ref action);
    }

    private readonly struct Choice(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Broadcast.Zip<ShiftRightFn<T>, T>(c);
    }
}
