using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>Float totals of a panel whose right factors have a scale for each block of k.</summary>
internal static class PanelBlocks
{
    /// <summary>
    /// totals[r, n] += sums[r, n] * scales[n], rounded twice, row after row of <paramref name="width"/> columns; all in the same order.
    /// </summary>
    public static void Add(ReadOnlySpan<int> sums, int width, ReadOnlySpan<float> scales, Span<float> totals)
    {
        Lengths.MustReach(totals.Length, sums.Length);
        Lengths.MustReach(width, scales.Length);
        if (totals.Length % width != 0) throw new ArgumentException($"{totals.Length} totals are no rows of {width}");
        var action = new AddAction { Sums = sums, Scales = scales, Totals = totals };
        PanelWidth.Dispatch(width, ref action);
    }

    /// <summary>output[r, n] = clamp(totals[r, n] * rowScales[r] + bias[n]), rounded twice; totals in panel order, the rest in natural order.</summary>
    public static void Write(ReadOnlySpan<float> totals, int width, ReadOnlySpan<float> rowScales, ReadOnlySpan<float> bias, (float Min, float Max) range, PanelTarget<float> target)
    {
        Lengths.MustReach((long)target.Rows * width, totals.Length);
        Lengths.MustReach(target.Rows, rowScales.Length);
        if (!bias.IsEmpty) Lengths.MustReach(target.Columns, bias.Length);
        Span<float> row = stackalloc float[GemmInt.PanelWidthMax];
        for (int r = 0; r < target.Rows; r++)
        {
            PanelSums.Write(MemoryMarshal.Cast<float, int>(totals.Slice(r * width, width)), width, new(MemoryMarshal.Cast<float, int>(row), width, 1, width));
            var output = target.Output.Slice(r * target.Stride, target.Columns);
            for (int n = 0; n < output.Length; n++)
            {
                float value = row[n] * rowScales[r] + (bias.IsEmpty ? 0 : bias[n]);
                output[n] = Math.Min(Math.Max(value, range.Min), range.Max);
            }
        }
    }

    private ref struct AddAction : IPanelAction
    {
        public required ReadOnlySpan<int> Sums;
        public required ReadOnlySpan<float> Scales;
        public required Span<float> Totals;

        // In bounds: Add checked that totals are whole rows and sums and scales as long.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            nuint n = (nuint)F.Count, length = (nuint)Totals.Length;
            ref float total = ref MemoryMarshal.GetReference(Totals), scale = ref MemoryMarshal.GetReference(Scales);
            ref int sum = ref MemoryMarshal.GetReference(Sums);
            F scale0 = F.Load(ref scale, 0), scale1 = F.Load(ref scale, n);
            for (nuint at = 0; at < length; at += 2 * n)
            {
                F.Store(F.Load(ref total, at) + L.ToFloat(I.Load(ref sum, at)) * scale0, ref total, at);
                F.Store(F.Load(ref total, at + n) + L.ToFloat(I.Load(ref sum, at + n)) * scale1, ref total, at + n);
            }
        }

        public readonly void InvokeScalar()
        {
            for (int i = 0; i < Totals.Length; i++) Totals[i] += Sums[i] * Scales[i % 2];
        }
    }
}
