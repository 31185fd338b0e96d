using System.Numerics;
using Graft.Kernels.Conv;

namespace Graft.Kernels.Reference;

/// <summary>Convolutions as their definition reads: the oracle for every fast convolution and matrix product.</summary>
internal static class ConvReference
{
    /// <summary>
    /// Sums of one output position for all output channels: input (batch, y, x, channel) minus its zero point times weights
    /// (outC, fy, fx, groupC) minus theirs, in <typeparamref name="TSum"/>: exact for integers, rounded term by term for floats.
    /// </summary>
    public static void Dense<TIn, TWeight, TSum>(in ConvGeometry g, ReadOnlySpan<TIn> input, TSum zeroPoint, ReadOnlySpan<TWeight> weights,
        TSum weightZeroPoint, int position, Span<TSum> sums)
        where TIn : unmanaged, INumber<TIn>
        where TWeight : unmanaged, INumber<TWeight>
        where TSum : unmanaged, INumber<TSum>
    {
        int perGroup = g.OutputChannels / g.Groups;
        sums.Clear();
        for (int fy = 0; fy < g.FilterHeight; fy++)
        {
            for (int fx = 0; fx < g.FilterWidth; fx++)
            {
                int from = Pixel(g, position, fy, fx);
                if (from < 0) continue;
                for (int oc = 0; oc < g.OutputChannels; oc++)
                {
                    int channel = oc / perGroup * g.GroupChannels, w = ((oc * g.FilterHeight + fy) * g.FilterWidth + fx) * g.GroupChannels;
                    for (int ic = 0; ic < g.GroupChannels; ic++)
                    {
                        sums[oc] += (TSum.CreateTruncating(input[from + channel + ic]) - zeroPoint) * (TSum.CreateTruncating(weights[w + ic]) - weightZeroPoint);
                    }
                }
            }
        }
    }

    /// <summary>The same for a depthwise convolution: weights (1, fy, fx, outC); output channel c sees input channel c / multiplier.</summary>
    public static void Depthwise<TIn, TWeight, TSum>(in ConvGeometry g, ReadOnlySpan<TIn> input, TSum zeroPoint, ReadOnlySpan<TWeight> weights,
        TSum weightZeroPoint, int position, Span<TSum> sums)
        where TIn : unmanaged, INumber<TIn>
        where TWeight : unmanaged, INumber<TWeight>
        where TSum : unmanaged, INumber<TSum>
    {
        int multiplier = g.OutputChannels / g.InputChannels;
        sums.Clear();
        for (int fy = 0; fy < g.FilterHeight; fy++)
        {
            for (int fx = 0; fx < g.FilterWidth; fx++)
            {
                int from = Pixel(g, position, fy, fx), w = (fy * g.FilterWidth + fx) * g.OutputChannels;
                if (from < 0) continue;
                for (int oc = 0; oc < g.OutputChannels; oc++)
                {
                    sums[oc] += (TSum.CreateTruncating(input[from + oc / multiplier]) - zeroPoint) * (TSum.CreateTruncating(weights[w + oc]) - weightZeroPoint);
                }
            }
        }
    }

    /// <summary>Start of the input pixel under a filter tap; -1 outside the image.</summary>
    private static int Pixel(in ConvGeometry g, int position, int fy, int fx)
    {
        int x = position % g.OutputWidth, y = position / g.OutputWidth % g.OutputHeight, image = position / (g.OutputWidth * g.OutputHeight);
        int iy = y * g.StrideY - g.PadY + fy * g.DilationY, ix = x * g.StrideX - g.PadX + fx * g.DilationX;
        bool inside = iy >= 0 && iy < g.InputHeight && ix >= 0 && ix < g.InputWidth;
        return inside ? ((image * g.InputHeight + iy) * g.InputWidth + ix) * g.InputChannels : -1;
    }
}
