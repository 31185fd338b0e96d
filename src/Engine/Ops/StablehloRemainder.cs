using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_REMAINDER: what a / b, cut towards zero, leaves; it has the sign of a. An integer zero divisor is an error.</summary>
internal sealed class StablehloRemainder : SameShapeOp, IOp<StablehloRemainder>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloRemainder, 1, $"{NumberTypes.All} =0 -> =0");

    public static StablehloRemainder Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32 && c.Kernels != KernelSet.Reference) return Broadcast.Zip<ThroughDoubles<CutRemainderFn>, float>(c);
        if (c.Type(0).IsFloat())
        {
            return c.Type(0) switch
            {
                DType.Float32 => Broadcast.Scalar<CutRemainderOfFloats<float>, float, float>(c, default),
                DType.Float64 => Broadcast.Scalar<CutRemainderOfFloats<double>, double, double>(c, default),
                _ => Broadcast.Scalar<CutRemainderOfFloats<Half>, Half, Half>(c, default),
            };
        }
        var action = new Integers(c);
        return NumberTypes.DispatchInteger<Integers, IStep>(c.Type(0), ref action);
    }

    private readonly struct Integers(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Division.Remainder<CutToZero, CutRemainder<T>, T>(c);
    }
}
