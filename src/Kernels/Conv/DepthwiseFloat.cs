using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// Float depthwise convolution with one filter per channel: every lane is a channel. Sums run over filter rows, then columns, and leave out the
/// taps beyond the image; so they do not depend on the width of the vectors. <see cref="Fused"/> sums begin with the bias and round once per term
/// where the CPU has FMA, <see cref="Separate"/> ones have the bits of a plain loop. Error bound: gamma of the number of taps.
/// </summary>
internal sealed class DepthwiseFloat
{
    private readonly ConvGeometry _geometry;
    private readonly (int[] Inputs, int[] Weights)[] _taps;
    private readonly float[] _zeros;
    private readonly int _insideBegin;
    private readonly int _insideEnd;

    public DepthwiseFloat(in ConvGeometry geometry)
    {
        _geometry = geometry;
        var g = geometry;
        int channels = g.OutputChannels;
        _taps = [.. Enumerable.Range(0, g.FilterWidth + 1).Select(TapsOf)];
        _zeros = new float[channels];
        _insideBegin = (int)Math.Min(g.OutputWidth, ((long)g.PadX + g.StrideX - 1) / g.StrideX);
        long room = (long)g.InputWidth - 1 + g.PadX - (g.FilterWidth - 1L) * g.DilationX;
        _insideEnd = (int)Math.Clamp(room < 0 ? 0 : room / g.StrideX + 1, _insideBegin, g.OutputWidth);
    }

    /// <summary>
    /// Output rows [begin, end), counted over all images; weights (fy, fx, channel). Input and output have the same number of channels. An
    /// empty bias counts as zeros.
    /// </summary>
    public void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, (float, float) range, int begin, int end,
        Span<float> output, bool separate)
    {
        if (separate) Run<Separate>(input, weights, bias, range, begin, end, output);
        else Run<Fused>(input, weights, bias, range, begin, end, output);
    }

    private void Run<TSum>(ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, (float, float) range, int begin, int end,
        Span<float> output) where TSum : struct, IMulAdd
    {
        int channels = _geometry.OutputChannels;
        if (Isa.Current == VectorWidth.V512 && channels >= V512<float>.Count) Rows<V512<float>, TSum>(input, weights, bias, range, begin, end, output);
        else if (Isa.Current >= VectorWidth.V256 && channels >= V256<float>.Count) Rows<V256<float>, TSum>(input, weights, bias, range, begin, end, output);
        else if (Isa.Current >= VectorWidth.V128 && channels >= V128<float>.Count) Rows<V128<float>, TSum>(input, weights, bias, range, begin, end, output);
        else Rows<Scalar<float>, TSum>(input, weights, bias, range, begin, end, output);
    }

    /// <summary>One width, of at most as many lanes as channels, chosen by the caller.</summary>
    internal void Rows<V, TSum>(ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, (float Min, float Max) range,
        int begin, int end, Span<float> output)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        var g = _geometry;
        int channels = g.OutputChannels;
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, V.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, g.Batch * g.InputHeight * g.InputWidth * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, g.FilterHeight * g.FilterWidth * channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, end * g.OutputWidth * channels);
        if (!bias.IsEmpty) ArgumentOutOfRangeException.ThrowIfLessThan(bias.Length, channels);
        var t = new DepthwiseFloatArguments
        {
            InputStep = (nint)g.StrideX * channels,
            Bias = ref MemoryMarshal.GetReference(bias.IsEmpty ? _zeros : bias),
            Channels = channels,
            Min = range.Min,
            Max = range.Max,
        };
        for (int row = begin; row < end; row++)
        {
            for (int x = 0; x < _insideBegin; x++) Outputs<V, TSum>(ref t, input, weights, output, row, x, 1);
            for (int x = _insideEnd; x < g.OutputWidth; x++) Outputs<V, TSum>(ref t, input, weights, output, row, x, 1);
            int count = _insideEnd - _insideBegin, tiles = (count + DepthwiseFloatTile.OutputsMax - 1) / DepthwiseFloatTile.OutputsMax;
            for (int tile = 0, x = _insideBegin; tile < tiles; tile++)
            {
                int outputs = (_insideEnd - x + tiles - tile - 1) / (tiles - tile);
                Outputs<V, TSum>(ref t, input, weights, output, row, x, outputs);
                x += outputs;
            }
        }
    }

    /// <summary>Neighbouring outputs that see the same taps.</summary>
    // In bounds: Taps keeps to the image; Rows checked the lengths.
    private void Outputs<V, TSum>(scoped ref DepthwiseFloatArguments t, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, Span<float> output,
        int row, int x, int count)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        var g = _geometry;
        int position = row * g.OutputWidth + x;
        var taps = new Taps(g, position);
        var (inputs, at) = _taps[taps.Right - taps.Left];
        t.TapCount = (taps.Bottom - taps.Top) * (taps.Right - taps.Left);
        t.TapInputs = ref MemoryMarshal.GetArrayDataReference(inputs);
        t.TapWeights = ref MemoryMarshal.GetArrayDataReference(at);
        bool sees = t.TapCount > 0;
        int origin = sees ? taps.Start + (taps.Top * g.DilationY * g.InputWidth + taps.Left * g.DilationX) * t.Channels : 0;
        t.Input = ref MemoryMarshal.GetReference(input[origin..]);
        t.Weights = ref MemoryMarshal.GetReference(weights[(sees ? (taps.Top * g.FilterWidth + taps.Left) * t.Channels : 0)..]);
        t.Output = ref output[position * t.Channels];
        Tile<V, TSum>(t, count);
    }

    /// <summary>For filters cut to so many columns: where the input and the weights of each tap are, counted from the first.</summary>
    private (int[] Inputs, int[] Weights) TapsOf(int columns)
    {
        var g = _geometry;
        var taps = (from y in Enumerable.Range(0, g.FilterHeight) from x in Enumerable.Range(0, columns) select (y, x)).ToArray();
        // Taps so far off that an index overflows see no input, and are never used.
        return ([.. taps.Select(t => unchecked((int)(((long)t.y * g.DilationY * g.InputWidth + (long)t.x * g.DilationX) * g.OutputChannels)))],
            [.. taps.Select(t => (t.y * g.FilterWidth + t.x) * g.OutputChannels)]);
    }

    private static void Tile<V, TSum>(in DepthwiseFloatArguments t, int outputs)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        switch (outputs)
        {
            case 1: DepthwiseFloatTile.Run<V, TSum, N1>(t); break;
            case 2: DepthwiseFloatTile.Run<V, TSum, N2>(t); break;
            case 3: DepthwiseFloatTile.Run<V, TSum, N3>(t); break;
            case 4: DepthwiseFloatTile.Run<V, TSum, N4>(t); break;
            case 5: DepthwiseFloatTile.Run<V, TSum, N5>(t); break;
            default: DepthwiseFloatTile.Run<V, TSum, N6>(t); break;
        }
    }
}
