using Graft.Errors;
using Graft.Kernels.Reduce;
using Graft.Kernels.Reference;
using Graft.Ops.Pointwise;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// LOCAL_RESPONSE_NORMALIZATION: each channel divided by (bias + alpha * the sum of squares of the channels within the radius)^beta.
/// </summary>
internal sealed class LocalResponseNormalization(int radius, float bias, float alpha, float beta) : IOp<LocalResponseNormalization>
{
    public static OpSignature Signature => new(BuiltinOperator.LocalResponseNormalization, 1, "f32 -> f32");

    public static LocalResponseNormalization Read(in OperatorDef def)
    {
        var options = def.Options<LocalResponseNormalizationOptionsView>();
        if (options.Radius < 0) throw new UnsupportedOptionException($"radius {options.Radius} is negative");
        return new(options.Radius, options.Bias, options.Alpha, options.Beta);
    }

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 4, $"input {c.Shape(0)} must have 4 dimensions: batch, height, width, channels");
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c) => c.FloatKernels == KernelSet.Reference
        ? new RowStep<Plain, float, float>(c, new(radius, bias, alpha, beta), Cost.ScalarMath)
        : new RowStep<Fast, float, float>(c, new(radius, bias, alpha, beta), Cost.VectorMath);

    private readonly struct Fast(int radius, float bias, float alpha, float beta) : IRowKernel<float, float>
    {
        public static bool NeedsScratch => true;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output)
        {
            for (int at = 0; at < input.Length; at += length)
            {
                LocalResponse.Row(input.Slice(at, length), radius, bias, alpha, beta, scratch[..length], output.Slice(at, length));
            }
        }
    }

    private readonly struct Plain(int radius, float bias, float alpha, float beta) : IRowKernel<float, float>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output)
        {
            for (int at = 0; at < input.Length; at += length)
            {
                NaiveLocalResponse.Row(input.Slice(at, length), radius, bias, alpha, beta, output.Slice(at, length));
            }
        }
    }
}
