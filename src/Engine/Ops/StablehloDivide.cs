using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_DIVIDE: a / b. Integers are cut towards zero; an integer zero divisor is an error.</summary>
internal sealed class StablehloDivide : SameShapeOp, IOp<StablehloDivide>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloDivide, 1, $"{NumberTypes.All}|bf16 =0 -> =0");

    public static StablehloDivide Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float64) return Broadcast.Zip<DivFn<double>, double>(c);
        if (c.Type(0).IsFloat()) return Broadcast.AnyFloat<Zip.Stateless<DivFn<float>, float>>(c, default);
        var action = new Integers(c);
        return NumberTypes.DispatchInteger<Integers, IStep>(c.Type(0), ref action);
    }

    private readonly struct Integers(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Division.Quotient<CutToZero, CutQuotient<T>, T>(c);
    }
}
