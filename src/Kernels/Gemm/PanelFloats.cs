using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Float outputs from the integer sums of a panel: clamp(sum * scale of the row and scale of the column + bias). The two scales are
/// multiplied first if <paramref name="scalesFirst"/> is set; otherwise the sum is multiplied by the column's, then by the row's. Every
/// operation rounds; NaN passes. Numbers of columns are in natural order, sums in that of <see cref="PanelOrder"/>.
/// </summary>
/// <param name="columnScales">A scale for each column.</param>
/// <param name="bias">What is added, or empty for zeros.</param>
/// <param name="rowScales">A scale for each row.</param>
/// <param name="scalesFirst">The order of multiplications.</param>
/// <param name="range">What outputs are clamped to.</param>
internal readonly ref struct PanelFloats(ReadOnlySpan<float> columnScales, ReadOnlySpan<float> bias, ReadOnlySpan<float> rowScales, bool scalesFirst, (float Min, float Max) range)
{
    private readonly ReadOnlySpan<float> _columnScales = columnScales;
    private readonly ReadOnlySpan<float> _bias = bias;
    private readonly ReadOnlySpan<float> _rowScales = rowScales;

    /// <summary>Zero points that are in the left factors of each row, with the sums of the right factors of each column in panel order.</summary>
    public ReadOnlySpan<int> RowZeroPoints { get; init; }

    public ReadOnlySpan<int> ColumnSums { get; init; }

    public void Write(ReadOnlySpan<int> sums, int width, PanelTarget<float> target)
    {
        Lengths.MustReach((long)target.Rows * width, sums.Length);
        Lengths.MustReach(target.Columns, Math.Min(width, _columnScales.Length));
        Lengths.MustReach(target.Rows, _rowScales.Length);
        if (!_bias.IsEmpty) Lengths.MustReach(target.Columns, _bias.Length);
        if (!ColumnSums.IsEmpty)
        {
            Lengths.MustReach(width, ColumnSums.Length);
            Lengths.MustReach(target.Rows, RowZeroPoints.Length);
        }
        var action = new Action { Sums = sums[..(target.Rows * width)], Scales = this, ScalesFirst = scalesFirst, Range = range, Target = target };
        PanelWidth.Dispatch(width, ref action);
    }

    private ref struct Action : IPanelAction
    {
        public required ReadOnlySpan<int> Sums;
        public required PanelFloats Scales;
        public required bool ScalesFirst;
        public required (float Min, float Max) Range;
        public required PanelTarget<float> Target;

        // In bounds: Write checked all lengths; columns behind the last are read and written by their number.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            nuint n = (nuint)I.Count, at = 0, step = (nuint)Target.Stride;
            int count0 = Math.Min(Target.Columns, I.Count), count1 = Target.Columns - count0;
            F scale0 = Columns<F>(Scales._columnScales, 0, count0), scale1 = Columns<F>(Scales._columnScales, count0, count1);
            F bias0 = Columns<F>(Scales._bias, 0, count0), bias1 = Columns<F>(Scales._bias, count0, count1);
            bool corrected = !Scales.ColumnSums.IsEmpty;
            I sum0 = corrected ? I.Load(ref MemoryMarshal.GetReference(Scales.ColumnSums), 0) : default;
            I sum1 = corrected ? I.Load(ref MemoryMarshal.GetReference(Scales.ColumnSums), n) : default;
            ref int sum = ref MemoryMarshal.GetReference(Sums);
            ref float to = ref MemoryMarshal.GetReference(Target.Output);
            float min = Range.Min, max = Range.Max;
            for (int r = 0; r < Target.Rows; r++, at += 2 * n)
            {
                I low = I.Load(ref sum, at), high = I.Load(ref sum, at + n);
                if (corrected)
                {
                    I zero = I.Splat(Scales.RowZeroPoints[r]);
                    low -= zero * sum0;
                    high -= zero * sum1;
                }
                F row = F.Splat(Scales._rowScales[r]), x0 = L.ToFloat(L.NaturalLow(low, high));
                x0 = Clamp.Apply((ScalesFirst ? x0 * (row * scale0) : x0 * scale0 * row) + bias0, min, max);
                Store(x0, ref to, (nuint)r * step, count0);
                if (count1 <= 0) continue;
                F x1 = L.ToFloat(L.NaturalHigh(low, high));
                x1 = Clamp.Apply((ScalesFirst ? x1 * (row * scale1) : x1 * scale1 * row) + bias1, min, max);
                Store(x1, ref to, (nuint)r * step + n, count1);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<F>(F x, ref float to, nuint at, int count) where F : unmanaged, ISimd<F, float>
        {
            if (count == F.Count) F.Store(x, ref to, at);
            else F.StorePartial(x, ref to, at, count);
        }

        private static F Columns<F>(ReadOnlySpan<float> values, int first, int count) where F : unmanaged, ISimd<F, float>
        {
            if (values.IsEmpty || count == 0) return F.Splat(0);
            ref float at = ref MemoryMarshal.GetReference(values[first..]);
            return count == F.Count ? F.Load(ref at, 0) : F.LoadPartial(ref at, 0, count);
        }

        public readonly void InvokeScalar()
        {
            int width = Sums.Length / Math.Max(1, Target.Rows);
            for (int i = 0; i < Target.Rows * Target.Columns; i++)
            {
                int r = i / Target.Columns, c = i % Target.Columns, sum = Sums[r * width + c];
                if (!Scales.ColumnSums.IsEmpty) sum -= Scales.RowZeroPoints[r] * Scales.ColumnSums[c];
                float row = Scales._rowScales[r], scale = Scales._columnScales[c];
                float value = (ScalesFirst ? sum * (row * scale) : sum * scale * row) + (Scales._bias.IsEmpty ? 0 : Scales._bias[c]);
                Target.Output[r * Target.Stride + c] = Clamp.Apply(new Scalar<float>(value), Range.Min, Range.Max).Value;
            }
        }
    }
}
