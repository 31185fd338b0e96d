using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>Keeps two lines of an image in a slot of <see cref="DepthwiseInt"/>: as 16-bit numbers less their zero point, channel by channel in pairs.</summary>
internal ref struct DepthwiseIntKeep<TIn> : IPanelAction where TIn : unmanaged, IBinaryInteger<TIn>
{
    public required ReadOnlySpan<TIn> First, Second;
    public required int FirstStep, SecondStep, Channels, Before, Count, FirstPanel, EndPanel;
    public required TIn ZeroPoint;
    public required DepthwiseLines Lines;
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
        nuint n = (nuint)S.Count;
        if (Lines.StreamLength != Lines.SlotLength)
        {
            Streams<L, I, S>(zero);
            return;
        }
        for (int panel = FirstPanel; panel < EndPanel; panel++)
        {
            ref short to = ref Target[(panel - FirstPanel) * Lines.PanelLength];
            int pixels = Lines.Pixels, x = 0, column = panel * S.Count;
            for (; x < Before; x++) to = ref Put<S>(default, default, ref to);
            ref TIn a = ref Unsafe.Add(ref MemoryMarshal.GetReference(First), column * FirstStep), b = ref Unsafe.Add(ref MemoryMarshal.GetReference(Second), column * SecondStep);
            int readable = Before + Math.Min(Readable<S>(First.Length - column, FirstStep), Readable<S>(Second.Length - column, SecondStep));
            for (; x < readable; x++)
            {
                S first = Widened<L, I, S>(ref a) - zero, second = Widened<L, I, S>(ref b) - zero;
                to = ref Put(L.PairLow(first, second), L.PairHigh(first, second), ref to);
                a = ref Unsafe.Add(ref a, Channels * FirstStep);
                b = ref Unsafe.Add(ref b, Channels * SecondStep);
            }
            for (; x < Before + Count; x++)
            {
                Pixel(panel, x);
                to = ref Unsafe.Add(ref to, 2 * n);
            }
            for (; x < pixels; x++) to = ref Put<S>(default, default, ref to);
        }
    }

    /// <summary>The only panel, whose vectors have a stream each.</summary>
    // In bounds: whole vectors of a line and of the streams, which have room for all its pixels.
    [MethodImpl(Jit.Loop)]
    private readonly void Streams<L, I, S>(S zero)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        int begin = Before * Lines.StreamPixelLength, count = Count * Lines.StreamPixelLength, e = 0;
        Span<short> low = Target[..Lines.StreamLength], high = Target.Slice(Lines.StreamLength, Lines.StreamLength);
        low[..begin].Clear();
        high[..begin].Clear();
        low[(begin + count)..].Clear();
        high[(begin + count)..].Clear();
        low = low.Slice(begin, count);
        high = high.Slice(begin, count);
        ref TIn a = ref MemoryMarshal.GetReference(First), b = ref MemoryMarshal.GetReference(Second);
        ref short toLow = ref MemoryMarshal.GetReference(low), toHigh = ref MemoryMarshal.GetReference(high);
        for (; e + S.Count <= count; e += S.Count)
        {
            S first = Widened<L, I, S>(ref Unsafe.Add(ref a, e * FirstStep)) - zero, second = Widened<L, I, S>(ref Unsafe.Add(ref b, e * SecondStep)) - zero;
            S.Store(L.PairLow(first, second), ref toLow, (nuint)e);
            S.Store(L.PairHigh(first, second), ref toHigh, (nuint)e);
        }
        for (; e < count; e++)
        {
            // Four columns go to one stream, the next four to the other.
            var stream = e / 4 % 2 == 0 ? low : high;
            int at = e / PanelOrder.Block * PanelOrder.Block + e % 4 * 2, point = int.CreateTruncating(ZeroPoint);
            stream[at] = (short)(FirstStep == 0 ? 0 : int.CreateTruncating(First[e]) - point);
            stream[at + 1] = (short)(SecondStep == 0 ? 0 : int.CreateTruncating(Second[e]) - point);
        }
    }

    public readonly void InvokeScalar()
    {
        for (int panel = FirstPanel; panel < EndPanel; panel++)
        {
            for (int x = 0; x < Lines.Pixels; x++) Pixel(panel, x);
        }
    }

    /// <summary>How many of the pixels can be read as a vector.</summary>
    private readonly int Readable<S>(int length, int step) where S : unmanaged, ISimd<S, short> =>
        step == 0 ? Count : length < S.Count ? 0 : Math.Min(Count, (length - S.Count) / Channels + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref short Put<S>(S low, S high, ref short to) where S : unmanaged, ISimd<S, short>
    {
        S.Store(low, ref to, 0);
        S.Store(high, ref to, (nuint)S.Count);
        return ref Unsafe.Add(ref to, 2 * S.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static S Widened<L, I, S>(ref TIn from)
        where L : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short> => L.LoadWiden(ref from, 0);

    private readonly void Pixel(int panel, int x)
    {
        var to = Target.Slice((panel - FirstPanel) * Lines.PanelLength + x * Lines.PixelLength, Lines.PixelLength);
        to.Clear();
        if (x < Before || x >= Before + Count) return;
        int zero = int.CreateTruncating(ZeroPoint);
        for (int position = 0; position < Lines.Width; position++)
        {
            int channel = panel * Lines.Width + PanelOrder.Column(position, Lines.Width), at = (x - Before) * Channels + channel;
            if (channel >= Channels) continue;
            to[2 * position] = (short)((FirstStep == 0 ? 0 : int.CreateTruncating(First[at]) - zero));
            to[2 * position + 1] = (short)((SecondStep == 0 ? 0 : int.CreateTruncating(Second[at]) - zero));
        }
    }
}
