using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// CAST between element types. Floats are cut towards zero and saturated, NaN becoming the greatest integer; integers drop bits; of
/// complex numbers the real part is taken. The types of the tensors count, not those of the options.
/// </summary>
internal sealed class Cast : UnaryOp, IOp<Cast>
{
    private const string Plain = "f32|f64|f16|bf16|i8|u8|i16|u16|i32|u32|i64|bool|c64";

    public static OpSignature Signature => new(BuiltinOperator.Cast, 9,
        $"{Plain}|f8e4|f8e5 -> {Plain}|f8e4|f8e5", "f32 -> i4|u4|i2", "i4|u4|i2 -> f32|f8e4|f8e5");

    public static Cast Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        var output = c.Output(0).Type;
        if (c.Type(0) == output) return CopyStep.For(c);
        if (c.Kernels != KernelSet.Reference && CastLanes.For(c) is { } step) return step;
        return CastPaths.IntegerReader(c.Type(0)) is { } integers
            ? new CastStep<long>(c, integers, CastPaths.FromIntegers(output))
            : new CastStep<double>(c, CastPaths.RealReader(c.Type(0))!, CastPaths.FromReals(output));
    }
}
