using Graft.Graphs;
using Graft.Kernels.Quant;

namespace Graft.Ops.Matrix;

/// <summary>The factors of quantised matrix operators: input scale * weight scale / output scale, for each output channel.</summary>
internal static class MatrixScales
{
    /// <summary>The scale of an operand, which must make sense.</summary>
    public static float Of(in PrepareContext c, Quantization? quantization, string operand)
    {
        float scale = quantization?.Scale ?? 0;
        c.Require(float.IsFinite(scale) && scale > 0, $"the {operand} needs a positive scale, but it has {(quantization is null ? "no quantisation" : quantization.ToString())}");
        return scale;
    }

    /// <summary>One weight scale for each of <paramref name="channels"/>, also when the weights have a single one.</summary>
    public static float[] Weights(in PrepareContext c, int channels)
    {
        var quantization = c.Input(1).Quantization;
        var scales = new float[channels];
        if (quantization is not { IsPerChannel: true })
        {
            Array.Fill(scales, Of(c, quantization, "weights"));
            return scales;
        }
        c.Require(quantization.Scales.Length == channels, $"{quantization.Scales.Length} weight scales for {channels} output channels");
        foreach (float scale in quantization.Scales) c.Require(float.IsFinite(scale) && scale >= 0, $"a weight scale is {scale}");
        quantization.Scales.CopyTo(scales);
        return scales;
    }

    /// <summary>The numbers of the channels for each of a row's pixels.</summary>
    public static T[] Repeat<T>(T[] channels, int pixels) => pixels == 1 ? channels : [.. Enumerable.Repeat(channels, pixels).SelectMany(all => all)];

    /// <summary>The factors in double.</summary>
    public static double[] Factors(in PrepareContext c, int channels, int data = 0)
    {
        double input = Of(c, c.Input(data).Quantization, "input"), output = Of(c, c.Output(0).Quantization, "output");
        return Weights(c, channels).Map(w => input * w / output);
    }

    /// <summary>The factors as fixed-point multipliers.</summary>
    public static QuantizedMultiplier[] Multipliers(in PrepareContext c, int channels, int data = 0)
    {
        var factors = Factors(c, channels, data);
        // The legacy type multiplies the scales of input and weights in float32 first.
        if (c.Type(data) == DType.UInt8)
        {
            double product = c.Input(data).Quantization!.Scale * c.Input(1).Quantization!.Scale;
            Array.Fill(factors, product / c.Output(0).Quantization!.Scale);
        }
        var multipliers = factors.Map(FixedPoint.Quantize);
        foreach (var m in multipliers) c.Require(m.Shift <= 30, "a scale factor exceeds 2^30");
        return multipliers;
    }
}
