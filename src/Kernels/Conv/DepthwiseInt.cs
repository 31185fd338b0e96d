using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>
/// Integer depthwise convolution with one filter per channel: sums are exact modulo 2^32. Input lines are kept as 16-bit numbers less their
/// zero point, with zeros round them, laid out [panel][slot][pixel][channel] with a slot for each line of the filter. Two taps make one
/// product of pairs.
/// </summary>
/// <param name="geometry">Sizes; as many input as output channels.</param>
/// <param name="width">Channels of a panel.</param>
internal sealed class DepthwiseInt(ConvGeometry geometry, int width)
{
    /// <summary>Taps of the largest filter.</summary>
    public const int TapsMax = 1024;

    /// <summary>Positions whose sums are computed together.</summary>
    private const int Positions = 4;

    private readonly int _pairs = (geometry.FilterHeight * geometry.FilterWidth + 1) / 2;

    /// <summary>Elements of a kept line in one panel: all pixels that the filter sees.</summary>
    private readonly int _line = checked(((geometry.OutputWidth - 1) * geometry.StrideX + (geometry.FilterWidth - 1) * geometry.DilationX + 1) * width);

    /// <summary>Channels of the widest panel that this CPU has.</summary>
    public static int WidestPanel => Isa.Current == VectorWidth.Scalar ? 2 : (int)Isa.Current / 16;

    public int Width => width;

    public int Panels => (geometry.OutputChannels + width - 1) / width;

    /// <summary>Elements of the kept lines.</summary>
    public long LinesLength => (long)Panels * geometry.FilterHeight * _line;

    public long WeightsLength => (long)Panels * _pairs * 2 * width;

    /// <summary>Weights (fy, fx, channel) less their zero point as [panel][pair of taps][channel in panel order][2].</summary>
    [MethodImpl(Jit.Loop)]
    public void Pack<TWeight>(ReadOnlySpan<TWeight> weights, int zeroPoint, Span<short> packed) where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int taps = geometry.FilterHeight * geometry.FilterWidth, channels = geometry.OutputChannels;
        packed[..(int)WeightsLength].Clear();
        for (int panel = 0, at = 0; panel < Panels; panel++, at += _pairs * 2 * width)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int position = 0; position < width; position++)
                {
                    int channel = panel * width + PanelOrder.Column(position, width);
                    if (channel >= channels) continue;
                    packed[at + (tap / 2 * width + position) * 2 + tap % 2] = (short)(int.CreateTruncating(weights[tap * channels + channel]) - zeroPoint);
                }
            }
        }
    }

    /// <summary>Keeps line <paramref name="y"/> of an image, or zeros when it lies outside, in a slot.</summary>
    public void Keep<TIn>(ReadOnlySpan<TIn> input, int image, int y, TIn zeroPoint, Span<short> lines, int slot) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int pixels = _line / width, channels = geometry.OutputChannels;
        Lengths.MustReach(LinesLength, lines.Length);
        bool inside = (uint)y < (uint)geometry.InputHeight;
        int before = inside ? Math.Min(geometry.PadX, pixels) : pixels, count = Math.Min(pixels - before, geometry.InputWidth);
        int first = (image * geometry.InputHeight + y) * geometry.InputWidth * channels;
        for (int panel = 0; panel < Panels; panel++)
        {
            var target = lines.Slice((panel * geometry.FilterHeight + slot) * _line, _line);
            target[..(before * width)].Clear();
            target[((before + count) * width)..].Clear();
            if (count <= 0) continue;
            var action = new KeepAction<TIn>
            {
                Input = input[(first + panel * width)..],
                Stride = channels,
                Count = count,
                Channels = Math.Min(width, channels - panel * width),
                ZeroPoint = zeroPoint,
                Target = target.Slice(before * width, count * width),
            };
            PanelWidth.Dispatch(width, ref action);
        }
    }

    /// <summary>
    /// Sums of output positions [begin, end) of one line for one panel, each beginning with <paramref name="start"/>, position after position
    /// in panel order. The filter's line fy is in slot <c>slots[fy]</c>.
    /// </summary>
    public void Sums(ReadOnlySpan<short> lines, ReadOnlySpan<int> slots, int panel, ReadOnlySpan<short> packed, ReadOnlySpan<int> start, int begin, int end, Span<int> sums)
    {
        Lengths.MustReach(LinesLength, lines.Length);
        Lengths.MustReach(WeightsLength, packed.Length);
        Lengths.MustReach(width, start.Length);
        Lengths.MustReach((long)(end - begin) * width, sums.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, geometry.OutputWidth);
        if (begin >= end) return;
        Span<nuint> offsets = stackalloc nuint[2 * _pairs];
        int at = 0, across = geometry.DilationX * width;
        foreach (int slot in slots[..geometry.FilterHeight])
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)geometry.FilterHeight);
            nuint offset = (nuint)((panel * geometry.FilterHeight + slot) * _line);
            for (int fx = 0; fx < geometry.FilterWidth; fx++, offset += (nuint)across) offsets[at++] = offset;
        }
        // The last pair may have one tap only: its weights are zero.
        if (at < offsets.Length) offsets[at] = offsets[at - 1];
        var action = new SumsAction
        {
            Lines = lines[(begin * geometry.StrideX * width)..],
            Offsets = offsets,
            Step = geometry.StrideX * width,
            Weights = packed.Slice(panel * _pairs * 2 * width, _pairs * 2 * width),
            Start = start,
            Count = end - begin,
            Sums = sums[..((end - begin) * width)],
        };
        PanelWidth.Dispatch(width, ref action);
    }

    private ref struct KeepAction<TIn> : IPanelAction where TIn : unmanaged, IBinaryInteger<TIn>
    {
        public required ReadOnlySpan<TIn> Input;
        public required int Stride, Count, Channels;
        public required TIn ZeroPoint;
        public required Span<short> Target;

        // In bounds: vectors are read only where the input has them whole; what belongs to the next pixel fills channels that nobody reads.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            S zero = S.Splat(short.CreateTruncating(ZeroPoint));
            int stride = Stride, readable = Input.Length < S.Count ? 0 : Math.Min(Count, (Input.Length - S.Count) / stride + 1);
            ref TIn from = ref MemoryMarshal.GetReference(Input);
            ref short to = ref MemoryMarshal.GetReference(Target);
            for (int x = 0; x < readable; x++)
            {
                S.Store(ShortsOf<L, I, S, TIn>(ref from) - zero, ref to, 0);
                from = ref Unsafe.Add(ref from, stride);
                to = ref Unsafe.Add(ref to, S.Count);
            }
            Rest(readable, S.Count);
        }

        public readonly void InvokeScalar() => Rest(0, Target.Length / Count);

        private readonly void Rest(int done, int width)
        {
            int zero = int.CreateTruncating(ZeroPoint);
            for (int x = done; x < Count; x++)
            {
                for (int c = 0; c < Channels; c++) Target[x * width + c] = (short)(int.CreateTruncating(Input[x * Stride + c]) - zero);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static S ShortsOf<L, I, S, T>(ref T from)
            where L : unmanaged, IShortLanes<I, S>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
            where T : unmanaged, IBinaryInteger<T> => L.LoadWiden(ref from, 0);
    }

    private ref struct SumsAction : IPanelAction
    {
        public required ReadOnlySpan<short> Lines, Weights;
        public required ReadOnlySpan<nuint> Offsets;
        public required ReadOnlySpan<int> Start;
        public required int Step, Count;
        public required Span<int> Sums;

        // In bounds: Sums checked all lengths, and a line holds what the filter sees at every position.
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            ref short from = ref MemoryMarshal.GetReference(Lines), weights = ref MemoryMarshal.GetReference(Weights);
            ref int first = ref MemoryMarshal.GetReference(Start), to = ref MemoryMarshal.GetReference(Sums);
            if (Count < Positions)
            {
                for (int x = 0; x < Count; x++) DepthwiseIntTile.One<L, I, S>(ref from, (nuint)(x * Step), Offsets, ref weights, ref first, ref Unsafe.Add(ref to, x * S.Count));
                return;
            }
            for (int x = 0; x < Count; x += Positions)
            {
                // The last positions may be computed twice.
                int at = Math.Min(x, Count - Positions);
                DepthwiseIntTile.Four<L, I, S>(ref from, (nuint)(at * Step), (nuint)Step, Offsets, ref weights, ref first, ref Unsafe.Add(ref to, at * S.Count));
            }
        }

        public readonly void InvokeScalar()
        {
            int width = Sums.Length / Count;
            for (int i = 0; i < Sums.Length; i++)
            {
                int channel = i % width, sum = Start[channel], at = i / width * Step + channel;
                for (int tap = 0; tap < Offsets.Length; tap++) sum += Lines[at + (int)Offsets[tap]] * Weights[(tap / 2 * width + channel) * 2 + tap % 2];
                Sums[i] = sum;
            }
        }
    }
}
