namespace Graft.Kernels.Resize;

/// <summary>Two neighbours along an axis and their weights, which add up to one.</summary>
internal readonly record struct Tap<W>(int Low, int High, W LowWeight, W HighWeight);

/// <summary>The neighbours of every output position along one axis.</summary>
internal static class Tap
{
    /// <summary>One in the weights of <see cref="Fixed"/>.</summary>
    public const int FixedOne = 1 << FixedBits;

    public const int FixedBits = 10;

    /// <summary>Float32 weights.</summary>
    public static Tap<float>[] Float(int input, int output, bool alignCorners, bool halfPixelCenters)
    {
        float scale = alignCorners && output > 1 ? (float)(input - 1) / (output - 1) : (float)input / output;
        var taps = new Tap<float>[output];
        for (int i = 0; i < output; i++)
        {
            float at = halfPixelCenters ? (i + 0.5f) * scale - 0.5f : i * scale;
            int low = Math.Clamp((int)MathF.Floor(at), 0, input - 1), high = Math.Clamp((int)MathF.Ceiling(at), 0, input - 1);
            taps[i] = new(low, high, 1 - (at - low), at - low);
        }
        return taps;
    }

    /// <summary>Weights in 1/1024; the scale is rounded to 1/1024 too.</summary>
    public static Tap<int>[] Fixed(int input, int output, bool alignCorners, bool halfPixelCenters)
    {
        bool corners = alignCorners && output > 1;
        long span = corners ? input - 1 : input, steps = corners ? output - 1 : output;
        long scale = (FixedOne * span + steps / 2) / steps;
        var taps = new Tap<int>[output];
        for (int i = 0; i < output; i++)
        {
            long at = i * scale + (halfPixelCenters ? scale / 2 - FixedOne / 2 : 0);
            int low = (int)Math.Clamp(at / FixedOne, 0, input - 1), high = (int)Math.Clamp((at + FixedOne - 1) / FixedOne, 0, input - 1);
            int weight = (int)(at - (long)FixedOne * low);
            taps[i] = new(low, high, FixedOne - weight, weight);
        }
        return taps;
    }
}
