using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Patches and depthwise sums of integer convolutions against their definitions.</summary>
public sealed class IntConvTests
{
    /// <summary>Height, width, channels, filter height and width, stride, dilation, padding.</summary>
    private static readonly (int H, int W, int C, int Fy, int Fx, int Stride, int Dilation, int Pad)[] Cases =
    [
        (5, 6, 3, 3, 3, 1, 1, 1), (7, 7, 16, 3, 3, 2, 1, 1), (9, 4, 17, 5, 5, 1, 1, 2), (6, 11, 33, 5, 5, 2, 1, 1), (8, 9, 40, 3, 3, 1, 2, 2),
        (1, 20, 5, 1, 7, 1, 1, 3), (20, 1, 8, 4, 1, 3, 1, 0), (4, 4, 64, 1, 1, 1, 1, 0), (3, 3, 7, 3, 3, 1, 1, 0), (6, 6, 9, 2, 2, 2, 1, 0),
        (5, 8, 8, 3, 3, 1, 1, 1), (4, 10, 8, 3, 3, 1, 1, 0), (6, 4, 16, 3, 5, 1, 2, 3), (5, 6, 8, 2, 4, 1, 1, 2), (7, 12, 16, 3, 3, 1, 1, 2), (1, 16, 8, 1, 9, 1, 1, 4),
        (5, 5, 1, 3, 3, 1, 3, 3), (4, 5, 31, 3, 2, 3, 1, 2), (2, 2, 12, 1, 1, 2, 1, 0), (4, 13, 200, 3, 3, 1, 1, 1),
    ];

    [Fact]
    public void DepthwiseSumsAgreeWithTheDefinitionAtEveryWidth()
    {
        foreach (var size in Cases)
        {
            foreach (int width in new[] { 2, 8, 16, 32 })
            {
                Depthwise<sbyte, sbyte>(Geometry(size, 1), width, -7, 0);
                Depthwise<byte, byte>(Geometry(size, 1), width, 255, 131);
                Depthwise<short, sbyte>(Geometry(size, 1), width, 0, 0);
            }
        }
    }

    [Fact]
    public void ImagesOneColumnWideAreTheSameAlongRows()
    {
        var tall = new ConvGeometry
        {
            Batch = 2,
            InputHeight = 19,
            InputWidth = 1,
            InputChannels = 5,
            FilterHeight = 4,
            FilterWidth = 1,
            OutputHeight = 7,
            OutputWidth = 1,
            OutputChannels = 5,
            StrideY = 2,
            StrideX = 1,
            DilationY = 3,
            DilationX = 1,
            PadY = 2,
            PadX = 0,
            GroupChannels = 1,
        };
        var along = tall.AlongRows();
        Assert.Equal((1, 19, 1, 4, 1, 7), (along.InputHeight, along.InputWidth, along.FilterHeight, along.FilterWidth, along.OutputHeight, along.OutputWidth));
        sbyte[] input = FloatSample.Integers<sbyte>(2 * 19 * 5, 1), weights = FloatSample.Integers<sbyte>(4 * 5, 2);
        int[] expected = new int[5], actual = new int[5];
        for (int position = 0; position < tall.Rows; position++)
        {
            ConvReference.Depthwise<sbyte, sbyte, int>(tall, input, 3, weights, 0, position, expected);
            ConvReference.Depthwise<sbyte, sbyte, int>(along, input, 3, weights, 0, position, actual);
            Assert.Equal(expected, actual);
        }
        Depthwise<sbyte, sbyte>(along, 16, 3, 0);
        var wide = tall with { FilterWidth = 2, PadX = 1 };
        Assert.Equal(wide, wide.AlongRows());
    }

    private static void Depthwise<TIn, TWeight>(ConvGeometry g, int width, int zeroPoint, int weightZeroPoint)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        TIn[] input = FloatSample.Integers<TIn>(g.Batch * g.InputHeight * g.InputWidth * g.InputChannels, 1);
        TWeight[] weights = FloatSample.Integers<TWeight>(g.FilterHeight * g.FilterWidth * g.OutputChannels, 2);
        int[] expected = new int[g.Rows * g.OutputChannels], start = FloatSample.Integers<int>(width, 3);
        for (int position = 0; position < g.Rows; position++)
        {
            ConvReference.Depthwise<TIn, TWeight, int>(g, input, zeroPoint, weights, weightZeroPoint, position, expected.AsSpan(position * g.OutputChannels, g.OutputChannels));
        }
        foreach ((int band, int pixels) in ((int[])[1, 2, 3, 100]).SelectMany(b => (IEnumerable<(int, int)>)[(b, 1), (b, DepthwiseInt.PixelsFor(g, width))]).Distinct())
        {
            var kernel = new DepthwiseInt(g, width, band, System.Runtime.CompilerServices.Unsafe.SizeOf<TIn>(), pixels);
            short[] packed = new short[kernel.WeightsLength], lines = new short[kernel.LinesLength];
            int[] kept = new int[kernel.Slots];
            nuint[] offsets = new nuint[kernel.BandOffsets];
            kernel.Pack<TWeight>(weights, weightZeroPoint, packed);
            int rows = g.Batch * g.OutputHeight;
            for (int unit = 0, count; unit < kernel.Blocks * rows; unit += count)
            {
                int row = unit % rows, first = unit / rows * kernel.BlockPanels;
                // A block of panels keeps nothing of the one before.
                if (row == 0) Array.Fill(kept, -1);
                if (row == 0) Array.Fill(lines, (short)0x5A5A);
                count = Math.Min(kernel.Band, g.OutputHeight - row % g.OutputHeight);
                kernel.Keep(input, TIn.CreateTruncating(zeroPoint), row, count, first, lines, kept, offsets);
                for (int i = 2 * first; i < 2 * Math.Min(first + kernel.BlockPanels, kernel.Panels); i++)
                {
                    int begin = i % 2 == 0 ? 0 : kernel.Positions / 2, outputs = kernel.Positions - begin;
                    int[] sums = new int[(count * outputs + 1) * width];
                    kernel.Sums(lines, offsets, count, i / 2, packed, start, begin, kernel.Positions, sums);
                    for (int s = 0; s < count * outputs * width; s++)
                    {
                        int column = i / 2 * width + PanelOrder.Column(s % width, width), channel = column % g.OutputChannels;
                        int position = (row + s / width / outputs) * g.OutputWidth + (begin + s / width % outputs) * pixels + column / g.OutputChannels;
                        if (column >= kernel.Columns || expected[position * g.OutputChannels + channel] + start[s % width] == sums[s]) continue;
                        Assert.Fail($"{g} in panels of {width}, bands of {band}: position {position} channel {channel} is {sums[s]}");
                    }
                    Assert.All(sums[(count * outputs * width)..], s => Assert.Equal(0, s));
                }
            }
        }
    }

    [Fact]
    public void PatchesHoldWhatTheFilterSees()
    {
        foreach (var size in Cases)
        {
            foreach (int groups in new[] { 1, size.C % 2 == 0 ? 2 : 1, size.C }.Distinct())
            {
                ConvGeometry g = Geometry(size, size.C / groups);
                foreach (LeftFactors kind in Enum.GetValues<LeftFactors>())
                {
                    Patches<sbyte>(g, kind, -7);
                    Patches<byte>(g, kind, 200);
                }
                Patches<short>(g, LeftFactors.Int16, 0);
            }
        }
    }

    private static void Patches<TIn>(ConvGeometry g, LeftFactors kind, int zeroPoint) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        TIn[] input = FloatSample.Integers<TIn>(g.Batch * g.InputHeight * g.InputWidth * g.InputChannels, 1);
        int bytes = LeftRow.FactorBytes(kind), stride = (g.K * bytes + 3) / 4 * 4, zero = LeftRow.ZeroPoint<TIn>(kind, zeroPoint);
        const byte guard = 0xA5;
        for (int begin = 0; begin < g.Rows; begin += 5)
        {
            int count = Math.Min(5, g.Rows - begin);
            for (int group = 0; group < g.Groups; group++)
            {
                byte[] rows = new byte[count * stride + LeftRow.Slack + 1];
                rows[^1] = guard;
                LeftPatches.Gather<TIn>(g, input, group, begin, count, TIn.CreateTruncating(zeroPoint), kind, rows.AsSpan(0, rows.Length - 1), stride);
                Assert.Equal(guard, rows[^1]);
                for (int i = 0; i < count * g.K; i++)
                {
                    int at = i / g.K * stride + i % g.K * bytes;
                    int factor = kind == LeftFactors.Int16 ? BitConverter.ToInt16(rows, at) : kind == LeftFactors.Int8 ? (sbyte)rows[at] : rows[at];
                    Assert.Equal(Seen(g, input, zeroPoint, group, begin + i / g.K, i % g.K), factor - zero);
                }
            }
        }
    }

    [Fact]
    public void WindowsGiveTheSumsOfTheirPixels()
    {
        int joined = 0, padded = 0;
        foreach (var way in GemmInt.All)
        {
            foreach (var size in Cases)
            {
                foreach (int outputs in new[] { 1, 3, way.PanelWidth / 2, way.PanelWidth + 1 })
                {
                    var g = Geometry(size, size.C) with { OutputChannels = outputs };
                    if (IntWindow.Plan(g, way, 10, mayArrange: true, mayJoin: true) is not { } window) continue;
                    if (window.Pixels > 1) joined++;
                    else if (!window.IsPlain) padded++;
                    Window<sbyte>(g, way, window, -7);
                    if (way.Left != LeftFactors.Int16) Window<byte>(g, way, window, 200);
                }
                var grouped = Geometry(size, 1);
                if (IntWindow.Plan(grouped, way, 10, mayArrange: true, mayJoin: true) is { } one) Window<sbyte>(grouped, way, one, 3);
            }
        }
        Assert.True(joined > 20 && padded > 20);
        var whole = Geometry(Cases[1], 16);
        Assert.NotNull(IntWindow.Plan(whole, GemmInt.Select(true, false), 10, mayArrange: false, mayJoin: false));
        Assert.Null(IntWindow.Plan(Geometry(Cases[0], 3), GemmInt.Select(true, false), 10, mayArrange: false, mayJoin: false));
        Assert.Null(IntWindow.Plan(Geometry(Cases[7], 64), GemmInt.Select(true, false), 10, mayArrange: true, mayJoin: true));
    }

    private static void Window<TIn>(ConvGeometry g, GemmInt way, IntWindow window, int zeroPoint) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        TIn[] input = FloatSample.Integers<TIn>(g.Batch * g.InputHeight * g.InputWidth * g.InputChannels, 1);
        sbyte[] weights = FloatSample.Integers<sbyte>(g.OutputChannels * g.K, 2), arranged = new sbyte[window.Columns * window.K];
        byte[] packed = new byte[way.PackedBytes(window.K, window.Columns)], band = new byte[window.BandBytes];
        int columns = g.OutputChannels / g.Groups, width = way.PanelWidth;
        int[] zeros = new int[width], room = new int[width], sums = new int[window.Blocks.Positions * width];
        for (int group = 0; group < g.Groups; group++)
        {
            window.Arrange<sbyte>(weights.AsSpan(group * columns * g.K), 0, arranged);
            way.Pack<sbyte>(arranged, 0, 1, window.K, window.K, window.Columns, packed);
            for (int b = 0; b < window.Blocks.Count; b++)
            {
                var block = window.Blocks[b];
                Array.Fill(band, (byte)0xA5);
                window.Blocks.Copy(block, new FactorBand<TIn>(way.Left, input, TIn.CreateTruncating(zeroPoint), band));
                for (int panel = 0; panel < way.PanelCount(window.Columns); panel++)
                {
                    var start = way.Correct(packed, panel, 1, window.K, LeftRow.ZeroPoint<TIn>(way.Left, zeroPoint), zeros, room);
                    way.Run(window.Rows(band, group, 0, block.Count), window.K, 0, packed, panel, start, sums);
                    for (int i = 0; i < block.Count * width; i++)
                    {
                        int column = panel * width + PanelOrder.Column(i % width, width);
                        if (column >= window.Columns) continue;
                        int position = (block.Row + i / width) * window.Pixels + column / columns, channel = column % columns, expected = 0;
                        for (int k = 0; k < g.K; k++) expected += Seen(g, input, zeroPoint, group, position, k) * weights[(group * columns + channel) * g.K + k];
                        Assert.True(expected == sums[i], $"{way.Name} {g}: position {position} channel {channel} is {sums[i]}, expected {expected}");
                    }
                }
            }
        }
    }

    private static int Seen<TIn>(in ConvGeometry g, TIn[] input, int zeroPoint, int group, int position, int k) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int channel = group * g.GroupChannels + k % g.GroupChannels, fx = k / g.GroupChannels % g.FilterWidth, fy = k / g.GroupChannels / g.FilterWidth;
        int x = position % g.OutputWidth * g.StrideX - g.PadX + fx * g.DilationX;
        int y = position / g.OutputWidth % g.OutputHeight * g.StrideY - g.PadY + fy * g.DilationY, image = position / (g.OutputWidth * g.OutputHeight);
        bool inside = x >= 0 && x < g.InputWidth && y >= 0 && y < g.InputHeight;
        return inside ? int.CreateTruncating(input[((image * g.InputHeight + y) * g.InputWidth + x) * g.InputChannels + channel]) - zeroPoint : 0;
    }

    private static ConvGeometry Geometry((int H, int W, int C, int Fy, int Fx, int Stride, int Dilation, int Pad) s, int groupChannels)
    {
        int Output(int input, int filter) => (input + 2 * s.Pad - (filter - 1) * s.Dilation - 1) / s.Stride + 1;
        return new()
        {
            Batch = 2,
            InputHeight = s.H,
            InputWidth = s.W,
            InputChannels = s.C,
            FilterHeight = s.Fy,
            FilterWidth = s.Fx,
            OutputHeight = Output(s.H, s.Fy),
            OutputWidth = Output(s.W, s.Fx),
            OutputChannels = s.C,
            StrideY = s.Stride,
            StrideX = s.Stride,
            DilationY = s.Dilation,
            DilationX = s.Dilation,
            PadY = s.Pad,
            PadX = s.Pad,
            GroupChannels = groupChannels,
        };
    }
}
