using Graft.Kernels.Conv;
using Graft.Kernels.Pool;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Max pooling with indices at every width, against loops that are written out.</summary>
public sealed class ArgmaxPoolTests
{
    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(3, 3, 2)]
    [InlineData(16, 1, 3)]
    [InlineData(37, 3, 3)]
    public void FindsTheFirstOfTheHighest(int channels, int filterHeight, int filterWidth)
    {
        var g = new ConvGeometry
        {
            Batch = 2, InputHeight = 5, InputWidth = 4, InputChannels = channels, FilterHeight = filterHeight, FilterWidth = filterWidth, OutputHeight = 3,
            OutputWidth = 4, OutputChannels = channels, StrideY = 2, StrideX = 1, DilationY = 1, DilationX = 1, PadY = 1, PadX = 1, GroupChannels = channels,
        };
        float[] kinds = [0, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MinValue];
        var random = new Random(channels);
        float[] input = [.. Enumerable.Range(0, 2 * 5 * 4 * channels).Select(_ => kinds[random.Next(kinds.Length)])];
        Same<ulong>(g, ArgmaxIndex.Window, input);
        Same<int>(g, ArgmaxIndex.Image, input);
        Same<long>(g, ArgmaxIndex.Batch, input);
    }

    private static void Same<TIndex>(ConvGeometry g, ArgmaxIndex kind, float[] input) where TIndex : unmanaged, System.Numerics.IBinaryInteger<TIndex>
    {
        int rows = g.Batch * g.OutputHeight, channels = g.InputChannels, count = rows * g.OutputWidth * channels;
        float[] values = new float[count], output = new float[count];
        TIndex[] places = new TIndex[count], indices = new TIndex[count];
        for (int i = 0; i < count; i++)
        {
            int c = i % channels, x = i / channels % g.OutputWidth, row = i / channels / g.OutputWidth;
            (values[i], places[i]) = Highest<TIndex>(g, kind, input, row / g.OutputHeight, row % g.OutputHeight * g.StrideY - g.PadY, x * g.StrideX - g.PadX, c);
        }
        ArgmaxPool.Apply<TIndex>(g, kind, input, output, indices, 0, rows);
        Check();
        Width<LanesScalar, Scalar<float>, Scalar<int>>();
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();

        void Check()
        {
            Bits.Equal<float>(values, output, "values");
            Assert.Equal(places, indices);
        }

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            for (int row = 0; row < rows; row++)
            {
                for (int x = 0; x < g.OutputWidth; x++)
                {
                    int at = (row * g.OutputWidth + x) * channels, whole = channels / I.Count * I.Count;
                    output.AsSpan(at, whole).Clear();
                    indices.AsSpan(at, whole).Clear();
                    var window = new ArgmaxPool.Window<TIndex>(g, kind, input, row / g.OutputHeight, row % g.OutputHeight * g.StrideY - g.PadY,
                        x * g.StrideX - g.PadX, output.AsSpan(at, channels), indices.AsSpan(at, channels));
                    for (int c = 0; c < whole; c += I.Count) window.At<L, F, I>((nuint)c);
                }
            }
            Check();
        }
    }

    private static (float Value, TIndex Place) Highest<TIndex>(ConvGeometry g, ArgmaxIndex kind, float[] input, int image, int top, int left, int channel)
        where TIndex : unmanaged, System.Numerics.IBinaryInteger<TIndex>
    {
        float best = float.MinValue;
        long place = kind == ArgmaxIndex.Window ? 0 : Place(0, 0);
        bool byColumns = kind == ArgmaxIndex.Window;
        for (int tap = 0; tap < g.FilterHeight * g.FilterWidth; tap++)
        {
            int y = top + (byColumns ? tap % g.FilterHeight : tap / g.FilterWidth), x = left + (byColumns ? tap / g.FilterHeight : tap % g.FilterWidth);
            if (y < 0 || y >= g.InputHeight || x < 0 || x >= g.InputWidth) continue;
            float value = input[((image * g.InputHeight + y) * g.InputWidth + x) * g.InputChannels + channel];
            if (value > best) (best, place) = (value, byColumns ? tap : Place(y, x));
        }
        return (Math.Min(best, float.MaxValue), TIndex.CreateTruncating(place));

        long Place(int y, int x) => ((((kind == ArgmaxIndex.Batch ? image * g.InputHeight : 0) + y) * g.InputWidth) + x) * g.InputChannels + channel;
    }
}
