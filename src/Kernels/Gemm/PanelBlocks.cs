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
        Span<float> panelBias = stackalloc float[GemmInt.PanelWidthMax];
        panelBias.Clear();
        if (!bias.IsEmpty) bias[..target.Columns].CopyTo(panelBias);
        var action = new WriteAction { Totals = totals[..(target.Rows * width)], RowScales = rowScales, Bias = panelBias, Range = range, Target = target };
        PanelWidth.Dispatch(width, ref action);
    }

    private ref struct WriteAction : IPanelAction
    {
        public required ReadOnlySpan<float> Totals, RowScales, Bias;
        public required (float Min, float Max) Range;
        public required PanelTarget<float> Target;

        // In bounds: Write checked totals and scales, and the target its rows; columns behind the last go to a buffer.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            Span<float> edge = stackalloc float[GemmInt.PanelWidthMax];
            nuint n = (nuint)F.Count, at = 0;
            ref float total = ref MemoryMarshal.GetReference(Totals), bias = ref MemoryMarshal.GetReference(Bias);
            F bias0 = F.Load(ref bias, 0), bias1 = F.Load(ref bias, n);
            bool whole = Target.Columns == S.Count;
            for (int r = 0; r < Target.Rows; r++, at += 2 * n)
            {
                I low = L.BitsOf(F.Load(ref total, at)), high = L.BitsOf(F.Load(ref total, at + n));
                F scale = F.Splat(RowScales[r]);
                F first = (L.FromBits(L.NaturalLow(low, high)) * scale) + bias0, second = (L.FromBits(L.NaturalHigh(low, high)) * scale) + bias1;
                var row = Target.Output.Slice(r * Target.Stride, Target.Columns);
                ref float to = ref MemoryMarshal.GetReference(whole ? row : edge);
                F.Store(Clamp.Apply(first, Range.Min, Range.Max), ref to, 0);
                F.Store(Clamp.Apply(second, Range.Min, Range.Max), ref to, n);
                if (!whole) edge[..row.Length].CopyTo(row);
            }
        }

        public readonly void InvokeScalar()
        {
            int width = Totals.Length / Math.Max(1, Target.Rows);
            for (int i = 0; i < Target.Rows * Target.Columns; i++)
            {
                int row = i / Target.Columns, column = i % Target.Columns;
                float value = Totals[row * width + column] * RowScales[row] + Bias[column];
                Target.Output[row * Target.Stride + column] = Clamp.Apply<Scalar<float>, float>(new(value), Range.Min, Range.Max).Value;
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
