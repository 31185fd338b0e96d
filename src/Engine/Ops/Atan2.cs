using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ATAN2: the angle of the point (input 1, input 0), in radians. Inputs broadcast, which the reference does not do.</summary>
internal sealed class Atan2 : BinaryOp, IOp<Atan2>
{
    public static OpSignature Signature => new(BuiltinOperator.Atan2, 1, "f32|f64|f16|bf16 =0 -> =0");

    public static Atan2 Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float64 => Broadcast.Scalar<Doubles, double, double>(c, default, Cost.ScalarMath),
        DType.Float16 => Broadcast.Scalar<Narrow<HalfFormat, Half>, Half, Half>(c, default, Cost.ScalarMath),
        DType.BFloat16 => Broadcast.Scalar<Narrow<BFloat16Format, BFloat16>, BFloat16, BFloat16>(c, default, Cost.ScalarMath),
        _ => Broadcast.Scalar<Floats, float, float>(c, default, Cost.ScalarMath),
    };

    private readonly struct Doubles : IScalarFn<double, double>
    {
        public double Apply(double a, double b) => Math.Atan2(a, b);
    }

    private readonly struct Floats : IScalarFn<float, float>
    {
        public float Apply(float a, float b) => (float)Math.Atan2(a, b);
    }

    private readonly struct Narrow<TFormat, T> : IScalarFn<T, T> where TFormat : struct, IFloatFormat<T> where T : unmanaged
    {
        public T Apply(T a, T b) => TFormat.Narrow((float)Math.Atan2(TFormat.Widen(a), TFormat.Widen(b)));
    }
}
