using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Ops.Matrix;
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
            (DType.UInt8, _) => Quantized<byte, byte>(c, g, o, MatrixSteps.Epilogue<byte>(c, g.OutputChannels, activation, Rounding.FixedPoint, o.Data, o.Bias)),
            (DType.Int16, _) => Quantized<short, sbyte>(c, g, o,
                MatrixSteps.Epilogue<short>(c, g.OutputChannels, activation, Rounding.FixedPoint, o.Data, o.Bias, narrowWithoutBias)),
            _ => Quantized<sbyte, sbyte>(c, g, o, MatrixSteps.Epilogue<sbyte>(c, g.OutputChannels, activation, Rounding.FixedPoint, o.Data, o.Bias)),
        };
    }

    private static bool IsPlain(in PrepareContext c, TransposedGeometry g) => c.Kernels == KernelSet.Reference || g.Phases > PhasesMax || g.Batch == 0;

    private static IStep Float(in PrepareContext c, TransposedGeometry g, TransposedOperands o, (float, float) range)
    {
        if (IsPlain(c, g)) return new TransposedReferenceFloat(g, c.In(o.Data), c.In(o.Weights), c.In(o.Bias), range, c.Out(0));
        var plan = PhasePlan<float>.Make(c, g, o.Weights, "f32", new FloatPhasePacker());
        return After(plan.Pack, new TransposedFloatStep(c, g, plan, c.In(o.Data), c.In(o.Bias), range, c.Out(0)));
    }

    private static IStep Hybrid(in PrepareContext c, TransposedGeometry g, TransposedOperands o, (float, float) range)
    {
        var rows = new QuantizedRows(c, g.Batch, g.InputPixels * g.InputChannels, g.OutputPixels, true, o.Data);
        var epilogue = new HybridEpilogue(c.In(o.Bias), MatrixScales.Weights(c, g.OutputChannels), rows, scalesFirst: false, range, c.Out(0));
        if (IsPlain(c, g)) return new Sequence(rows, new TransposedReferenceInt<sbyte, sbyte>(g, c.In(o.Data), rows, 0, c.In(o.Weights), 0, epilogue));
        var plan = PhasePlan<short>.Make(c, g, o.Weights, "i8", new IntPhasePacker<sbyte>(0));
        var step = new TransposedIntStep<sbyte>(c, g, plan, c.In(o.Data), rows, 0, epilogue);
        return plan.Pack is null ? new Sequence(rows, step) : new Sequence(plan.Pack, rows, step);
    }

    private static IStep Quantized<TIn, TWeight>(in PrepareContext c, TransposedGeometry g, TransposedOperands o, IIntEpilogue epilogue)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int zeroPoint = c.Input(o.Data).Quantization?.ZeroPoint ?? 0;
        // Signed weights are symmetric, whatever the file says.
        int weightZeroPoint = typeof(TWeight) == typeof(byte) ? c.Input(o.Weights).Quantization?.ZeroPoint ?? 0 : 0;
        if (IsPlain(c, g)) return new TransposedReferenceInt<TIn, TWeight>(g, c.In(o.Data), null, zeroPoint, c.In(o.Weights), weightZeroPoint, epilogue);
        var plan = PhasePlan<short>.Make(c, g, o.Weights, $"{c.Type(o.Weights)} {weightZeroPoint}", new IntPhasePacker<TWeight>(weightZeroPoint));
        return After(plan.Pack, new TransposedIntStep<TIn>(c, g, plan, c.In(o.Data), null, TIn.CreateTruncating(zeroPoint), epilogue));
    }

    private static IStep After(IStep? first, IStep step) => first is null ? step : new Sequence(first, step);
}
