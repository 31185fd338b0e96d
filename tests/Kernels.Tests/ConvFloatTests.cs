using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Convolutions against their definition: depthwise tiles at every width, and products over windows of the image.</summary>
public sealed class ConvFloatTests
{
    private const float Guard = -77777;

    public static TheoryData<ConvGeometryCase> Cases =>
    [
        new(1, 5, 6, 3, 3, 1, 1, true), new(2, 7, 7, 3, 3, 2, 1, true), new(1, 9, 20, 5, 5, 1, 1, true), new(1, 8, 9, 5, 5, 2, 1, false),
        new(1, 12, 13, 3, 3, 1, 3, true), new(2, 6, 30, 1, 4, 1, 1, false), new(1, 2, 2, 5, 5, 1, 1, true), new(1, 4, 4, 3, 3, 1, 9, true),
        new(1, 11, 10, 1, 1, 3, 1, false), new(1, 1, 64, 1, 9, 4, 1, true),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void DepthwiseTilesHaveTheBitsOfALoop(ConvGeometryCase sizes)
    {
        foreach (int channels in (int[])[1, 3, 4, 8, 11, 16, 21, 40, 200])
        {
            var g = sizes.Geometry(channels, channels, 1);
            foreach (int width in (int[])[1, 4, 8, 16]) if (channels >= width) Depthwise(g, width);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WindowsOfAnImageHaveTheFactorsOfEveryPosition(ConvGeometryCase sizes)
    {
        foreach (var (channels, groupChannels, positions) in ((int, int, int)[])[(1, 1, 4), (4, 4, 24), (6, 3, 7), (5, 5, 1000), (2, 2, 1)])
        {
            Windows(sizes.Geometry(channels, 2 * channels / groupChannels * 3, groupChannels), positions);
        }
    }

    private static void Depthwise(ConvGeometry g, int width)
    {
        float[] input = Floats(g.Batch * g.InputHeight * g.InputWidth * g.InputChannels, 1);
        float[] weights = Floats(g.FilterHeight * g.FilterWidth * g.OutputChannels, 2), bias = Floats(g.OutputChannels, 3);
        int length = g.Rows * g.OutputChannels;
        float[] expected = new float[length], actual = new float[length + 64], fused = new float[length], bare = new float[length];
        for (int p = 0; p < g.Rows; p++)
        {
            var sums = expected.AsSpan(p * g.OutputChannels, g.OutputChannels);
            ConvReference.Depthwise(g, input, 0f, weights, 0f, p, sums);
            for (int c = 0; c < sums.Length; c++) sums[c] = Math.Clamp(sums[c] + bias[c], -0.5f, 1);
        }
        Array.Fill(actual, Guard);
        var kernel = new DepthwiseFloat(g, width);
        float[] packed = new float[kernel.WeightsLength], lines = new float[kernel.LinesLength + 1];
        int units = kernel.Units;
        kernel.Pack(weights, packed);
        Run(0, units / 2, bias, (-0.5f, 1), actual.AsSpan(0, length), true);
        Run(units / 2, units, bias, (-0.5f, 1), actual.AsSpan(0, length), true);
        Bits.Equal<float>(expected, actual.AsSpan(0, length), $"{g} in {width} lanes");
        Assert.All(actual[length..], v => Assert.Equal(Guard, v));
        Run(0, units, bias, FloatProduct.Unbounded, fused, false);
        Bits.Equal<float>(FusedSums(g, input, weights, bias), fused, $"{g} fused in {width} lanes");
        Run(0, units, default, FloatProduct.Unbounded, bare, false);
        Bits.Equal<float>(FusedSums(g, input, weights, new float[bias.Length]), bare, $"{g} without a bias");

        void Run(int begin, int end, ReadOnlySpan<float> bias, (float, float) range, Span<float> output, bool separate)
        {
            // Lines keep nothing from before, and nobody writes behind them.
            Array.Fill(lines, float.NaN);
            lines[^1] = Guard;
            kernel.Run(input, packed, bias, range, begin, end, lines.AsSpan(0, lines.Length - 1), output, separate);
            Assert.Equal(Guard, lines[^1]);
        }
    }

    private static float[] FusedSums(ConvGeometry g, float[] input, float[] weights, float[] bias)
    {
        float[] sums = new float[g.Rows * g.OutputChannels];
        for (int i = 0; i < sums.Length; i++)
        {
            int c = i % g.OutputChannels, p = i / g.OutputChannels;
            var taps = new Taps(g, p);
            float sum = bias[c];
            for (int fy = taps.Top; fy < taps.Bottom; fy++)
            {
                for (int fx = taps.Left; fx < taps.Right; fx++)
                {
                    float x = input[taps.Start + (fy * g.DilationY * g.InputWidth + fx * g.DilationX) * g.InputChannels + c];
                    float w = weights[(fy * g.FilterWidth + fx) * g.OutputChannels + c];
                    sum = Isa.HasFma ? MathF.FusedMultiplyAdd(x, w, sum) : sum + x * w;
                }
            }
            sums[i] = sum;
        }
        return sums;
    }

    private static void Windows(ConvGeometry g, int positions)
    {
        float[] input = Floats(g.Batch * g.InputHeight * g.InputWidth * g.InputChannels, 1);
        var window = new WindowBlocks(g, positions);
        float[] band = new float[window.BandLength], patches = new float[g.Rows * g.K];
        int next = 0;
        for (int b = 0; b < window.Count; b++)
        {
            var block = window[b];
            Assert.Equal(next, block.Row);
            next += block.Count;
            Array.Fill(band, Guard);
            if (window.IsCopied) window.Copy(block, new FloatBand(input, band));
            for (int group = 0; group < g.Groups; group++)
            {
                Patches.Gather(g, input, group, 0, g.Rows, 0f, patches, g.K);
                var values = (window.IsCopied ? band : input.AsSpan(window.Origin(block)))[(group * g.GroupChannels)..];
                var left = new LeftRows<float>(values, window.Starts.AsSpan(0, block.Count), window.Segments, window.SegmentLength);
                Assert.Equal(g.K, left.K);
                for (int i = 0; i < block.Count * g.K; i++)
                {
                    int k = i % g.K;
                    float actual = left.Values[left.Start(i / g.K) + left.Segments[k / left.SegmentLength] + k % left.SegmentLength];
                    Assert.Equal(patches[block.Row * g.K + i], actual);
                }
            }
        }
        Assert.Equal(g.Rows, next);
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    /// <summary>The sizes of a convolution but for its channels.</summary>
    public sealed record ConvGeometryCase(int Batch, int Height, int Width, int FilterHeight, int FilterWidth, int Stride, int Dilation, bool Same)
    {
        internal ConvGeometry Geometry(int inputChannels, int outputChannels, int groupChannels)
        {
            int height = Window.Output(Same, Height, FilterHeight, Stride, Dilation), width = Window.Output(Same, Width, FilterWidth, Stride, Dilation);
            return new()
            {
                Batch = Batch,
                InputHeight = Height,
                InputWidth = Width,
                InputChannels = inputChannels,
                FilterHeight = FilterHeight,
                FilterWidth = FilterWidth,
                OutputHeight = height,
                OutputWidth = width,
                OutputChannels = outputChannels,
                StrideY = Stride,
                StrideX = Stride,
                DilationY = Dilation,
                DilationX = Dilation,
                PadY = Same ? Window.PadBefore(Height, height, FilterHeight, Stride, Dilation) : 0,
                PadX = Same ? Window.PadBefore(Width, width, FilterWidth, Stride, Dilation) : 0,
                GroupChannels = groupChannels,
            };
        }
    }
}
