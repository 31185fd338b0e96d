using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_SHIFT_LEFT of integers; a count outside the type's bits is taken as the processor takes it for 32 bits.</summary>
internal sealed class StablehloShiftLeft : SameShapeOp, IOp<StablehloShiftLeft>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloShiftLeft, 1, "i8|i16|i32 =0 -> =0");

    public static StablehloShiftLeft Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        var action = new Choice(c);
        return NumberTypes.DispatchInteger<Choice, IStep>(c.Type(0), ref action);
    }

    private readonly struct Choice(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Broadcast.Zip<ShiftLeftFn<T>, T>(c);
    }
}
