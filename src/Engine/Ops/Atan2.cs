using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
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
        DType.Float32 when c.Kernels == KernelSet.Reference => Broadcast.Scalar<Floats, float, float>(c, default, Cost.ScalarMath),
        _ => Broadcast.AnyFloat<Zip.Stateless<ThroughDoubles<Atan2Fn>, float>>(c, default),
    };

    // The bits are the C library's, so that no other polynomial will do.
    private readonly struct Doubles : IScalarFn<double, double>
    {
        public double Apply(double a, double b) => Math.Atan2(a, b);
    }

    private readonly struct Floats : IScalarFn<float, float>
    {
        public float Apply(float a, float b) => (float)Math.Atan2(a, b);
    }
}
