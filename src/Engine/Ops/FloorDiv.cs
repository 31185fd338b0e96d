using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>FLOOR_DIV: the quotient rounded down. A zero divisor is an error; quantised values are divided as they are.</summary>
internal sealed class FloorDiv : BinaryOp, IOp<FloorDiv>
{
    public static OpSignature Signature => new(BuiltinOperator.FloorDiv, 3, "f32|i8|u8|i16|u16|i32|u32 =0 -> =0");

    public static FloorDiv Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32)
            return NonZero.Then(c, 0f, Broadcast.Zip<ThroughDoubles<FloorQuotientOfFloats>, float>(c));
        var action = new Choice(c);
        return NumberTypes.DispatchInteger<Choice, IStep>(c.Type(0), ref action);
    }

    private readonly struct Choice(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Division.Quotient<RoundDown, FloorQuotient<T>, T>(c);
    }
}
