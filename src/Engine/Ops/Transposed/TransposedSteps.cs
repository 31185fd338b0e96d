using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Matrix;
using Graft.Ops.Volumes;
using Graft.Schema;

namespace Graft.Ops.Transposed;

/// <summary>Where an operator keeps the operands of a transposed convolution.</summary>
internal readonly record struct TransposedOperands(int Data, int Weights, int Bias);

/// <summary>Chooses the steps of a transposed convolution by the types of its operands.</summary>
internal static class TransposedSteps
{
    /// <summary>More phases than this (strides beyond 64 in both directions) run by the definition, which needs no memory for each phase.</summary>
    private const int PhasesMax = 4096;

    public static IStep Prepare(in PrepareContext c, TransposedGeometry g, TransposedOperands o, ActivationFunctionType activation, bool narrowWithoutBias = false)
    {
        if (c.HasInput(o.Bias)) c.Require(c.Shape(o.Bias).ElementCount == g.OutputChannels, $"a bias of shape {c.Shape(o.Bias)} does not fit {g.OutputChannels} output channels");
        return (c.Type(o.Data), c.Type(o.Weights)) switch
        {
            (DType.Float32, DType.Float32) => Float(c, g, o, FusedActivation.Range(activation)),
            (DType.Float32, _) => Hybrid(c, g, o, FusedActivation.Range(activation)),
            (DType.UInt8, _) => Quantized<byte, byte, byte>(c, g, o, activation),
            (DType.Int16, _) => Quantized<short, sbyte, short>(c, g, o, activation, narrowWithoutBias),
            _ => Quantized<sbyte, sbyte, sbyte>(c, g, o, activation),
        };
    }

    private static bool IsPlain(in PrepareContext c, TransposedGeometry g) => c.Kernels == KernelSet.Reference || g.Phases > PhasesMax || g.Batch == 0;

    private static IStep Float(in PrepareContext c, TransposedGeometry g, TransposedOperands o, (float, float) range)
    {
        if (IsPlain(c, g) || !g.Padded.IsReasonable) return new TransposedReferenceFloat(g, c.In(o.Data), c.In(o.Weights), c.In(o.Bias), range, c.Out(0));
        var plan = PhasePlan<float>.Make(c, g, o.Weights, "f32", new FloatPhasePacker());
        var padded = new PaddedInput(c, g.Padded, o.Data);
        return After(plan.Pack, padded.Before(new TransposedFloatStep(c, g, plan, padded, c.In(o.Bias), range)));
    }

    private static IStep Hybrid(in PrepareContext c, TransposedGeometry g, TransposedOperands o, (float, float) range)
    {
        var rows = new QuantizedRows(c, g.Batch, g.InputPixels * g.InputChannels, g.OutputPixels, true, o.Data);
        var scales = MatrixScales.Weights(c, g.OutputChannels);
        if (IsPlain(c, g)) return new Sequence(rows, new TransposedReferenceHybrid(g, rows, c.In(o.Weights), scales, c.In(o.Bias), range, c.Out(0)));
        var plan = PhasePlan<sbyte>.Make(c, g, o.Weights, "i8 by factor", new HybridPhasePacker());
        var step = new TransposedHybridStep(c, g, plan, rows, scales, c.In(o.Bias), range, c.Out(0));
        return plan.Pack is null ? new Sequence(rows, step) : new Sequence(plan.Pack, rows, step);
    }

    private static IStep Quantized<TIn, TWeight, TOut>(in PrepareContext c, TransposedGeometry g, TransposedOperands o, ActivationFunctionType activation, bool narrowWithoutBias = false)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int zeroPoint = c.Input(o.Data).Quantization?.ZeroPoint ?? 0;
        // Signed weights are symmetric, whatever the file says.
        int weightZeroPoint = typeof(TWeight) == typeof(byte) ? c.Input(o.Weights).Quantization?.ZeroPoint ?? 0 : 0;
        var kernel = GemmInt.Select(wideLeft: true, wideRight: typeof(TWeight) == typeof(byte));
        int factors = (int)(c.Shape(o.Weights).ElementCount / g.OutputChannels);
        var epilogue = QuantizedEpilogues.For<TOut>(c, g.OutputChannels, factors, activation, Rounding.FixedPoint, o.Data, o.Bias, narrowWithoutBias);
        if (IsPlain(c, g) || !g.Padded.IsReasonable) return new TransposedReferenceInt<TIn, TWeight>(g, c.In(o.Data), zeroPoint, c.In(o.Weights), weightZeroPoint, epilogue);
        var plan = PhasePlan<byte>.Make(c, g, o.Weights, $"{kernel.Name} {c.Type(o.Weights)} {weightZeroPoint}", new IntPhasePacker<TWeight>(kernel, weightZeroPoint, g.Padded));
        var padded = new PaddedFactors<TIn>(c, g.Padded, o.Data, kernel.Left, TIn.CreateTruncating(zeroPoint));
        return After(plan.Pack, new Sequence(padded, new TransposedIntStep<TIn>(c, g, plan, kernel, padded, epilogue)));
    }

    private static IStep After(IStep? first, IStep step) => first is null ? step : new Sequence(first, step);
}
