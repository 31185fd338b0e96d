using System.Collections.Immutable;

namespace Graft.Ops.Pointwise;

/// <summary>The runs of elements that share a scale in a tensor quantised along an axis: outer x channels x inner.</summary>
internal readonly record struct ChannelRuns(int Outer, int Channels, int Inner)
{
    /// <summary>One channel when the tensor is quantised as a whole.</summary>
    public static ChannelRuns Of(Shape shape, Quantization quantization) => quantization.IsPerChannel
        ? new((int)shape.Product(0, quantization.Axis), shape[quantization.Axis],
            (int)shape.Product(quantization.Axis + 1, shape.Rank))
        : new(1, 1, (int)shape.ElementCount);

    /// <summary>Checked parameters of every channel.</summary>
    public static (float[] Scales, int[] ZeroPoints) Parameters(in PrepareContext c, Quantization? quantization, DType type, string operand)
    {
        if (quantization is null || quantization.Scales.IsEmpty) c.Fail($"{operand} ({type.Name()}) has no scale; one is needed here");
        ImmutableArray<float> scales = quantization.Scales;
        var zeroPoints = new int[scales.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            long zero = quantization.ZeroPoints[i];
            if (!(scales[i] > 0) || !float.IsFinite(scales[i]))
                c.Fail($"{operand} has scale {scales[i]:R}; positive finite numbers are expected");
            if (zero < short.MinValue || zero > short.MaxValue) c.Fail($"{operand} has zero point {zero}, which needs more than 16 bits");
            zeroPoints[i] = (int)zero;
        }
        return ([.. scales], zeroPoints);
    }
}
