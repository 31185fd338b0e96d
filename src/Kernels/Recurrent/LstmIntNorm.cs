using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Recurrent;

/// <summary>
/// The layer norm of an int8 LSTM's gates, row by row: mean and deviation in units of 1/1024, the inverse deviation by
/// <see cref="InverseSquareRoot"/>, then weights and bias; the bits of the reference.
/// </summary>
internal static class LstmIntNorm
{
    /// <summary>The norm's factor is used with this many bits more.</summary>
    public const int ExtraShift = 12;

    private const int Unit = 1 << 20;

    /// <summary>Normalises rows of as many elements as there are weights. A variance below one becomes <paramref name="varianceMin"/>.</summary>
    public static void Apply(Span<short> rows, ReadOnlySpan<short> weights, ReadOnlySpan<int> bias, QuantizedMultiplier factor, int varianceMin)
    {
        int n = weights.Length;
        var wider = factor with { Shift = factor.Shift + ExtraShift };
        for (int at = 0; at < rows.Length; at += n)
        {
            var row = rows.Slice(at, n);
            long sum = 0, squares = 0;
            foreach (short x in row)
            {
                sum += x;
                squares += x * x;
            }
            int mean = (int)(sum * 1024 / n);
            long variance = squares * (Unit / n) - (long)mean * mean;
            int whole = (int)(variance / Unit);
            LaneLoop.Run(new Body(row, mean, InverseSquareRoot.Of(whole < 1 ? varianceMin : whole), weights, bias, wider), n);
        }
    }

    // In bounds: row, weights and bias are as long as the loop.
    private readonly ref struct Body(Span<short> row, int mean, QuantizedMultiplier inverse, ReadOnlySpan<short> weights, ReadOnlySpan<int> bias, QuantizedMultiplier factor)
        : IWideBody
    {
        private readonly ref short _row = ref MemoryMarshal.GetReference(row);
        private readonly ref readonly short _weights = ref MemoryMarshal.GetReference(weights);
        private readonly ref readonly int _bias = ref MemoryMarshal.GetReference(bias[..row.Length]);
        private readonly int _mean = mean;
        private readonly QuantizedMultiplier _inverse = inverse, _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            I difference = I.ShiftLeft(L.LoadWiden(in _row, i), 10) - I.Splat(_mean);
            I scaled = FixedPointLanes<L, F, I>.Multiply(difference, _inverse);
            // Wraps as in the reference; the magnitude is unsigned from here on.
            I weighted = (scaled * L.LoadWiden(in _weights, i)) + I.Load(in _bias, i);
            I magnitude = I.ShiftRightLogical(I.Abs(weighted) + I.Splat(512), 10);
            I rounded = I.Select(I.Less(weighted, I.Splat(0)), -magnitude, magnitude);
            L.StoreNarrow(FixedPointLanes<L, F, I>.Multiply(rounded, _factor), ref _row, i);
        }
    }
}
