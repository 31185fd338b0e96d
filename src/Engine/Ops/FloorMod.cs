using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>FLOOR_MOD: what FLOOR_DIV leaves, with the divisor's sign. An integer zero divisor is an error.</summary>
internal sealed class FloorMod : BinaryOp, IOp<FloorMod>
{
    public static OpSignature Signature => new(BuiltinOperator.FloorMod, 2, "f32|f64|i8|u8|i16|u16|i32|u32|i64|u64 =0 -> =0");

    public static FloorMod Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32 && c.Kernels != KernelSet.Reference) return Broadcast.Zip<ThroughDoubles<FloorRemainderFn>, float>(c);
        if (c.Type(0) == DType.Float32) return Broadcast.Scalar<FloorRemainder<float>, float, float>(c, default);
        if (c.Type(0) == DType.Float64) return Broadcast.Scalar<FloorRemainder<double>, double, double>(c, default);
        var action = new Integers(c);
        return NumberTypes.DispatchInteger<Integers, IStep>(c.Type(0), ref action);
    }

    private readonly struct Integers(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Division.Remainder<RoundDown, FloorRemainder<T>, T>(c);
    }
}
