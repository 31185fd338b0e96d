using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>POW: a to the power of b. A negative integer exponent is an error.</summary>
internal sealed class Pow : BinaryOp, IOp<Pow>
{
    public static OpSignature Signature => new(BuiltinOperator.Pow, 1, "f32|i32 =0 -> =0");

    public static Pow Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => c.Type(0) == DType.Float32
        ? new BroadcastStep<Floats, float, float, float>(c, default, 4 * Cost.VectorMath)
        : new Sequence(new ForbiddenRange<int>(c.In(1), int.MinValue, -1, "an integer exponent must not be negative"),
            new BroadcastStep<Integers, int, int, int>(c, default, Cost.VectorMath));

    private readonly struct Floats : IBroadcastKernel<float, float, float>
    {
        public void Run(in BroadcastShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> output) =>
            Kernels.Maths.Pow.Apply(shape, a, b, output);
    }

    private readonly struct Integers : IBroadcastKernel<int, int, int>
    {
        public void Run(in BroadcastShape shape, ReadOnlySpan<int> a, ReadOnlySpan<int> b, Span<int> output) =>
            Kernels.Maths.Pow.Apply(shape, a, b, output);
    }
}
