using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>Between columns in natural order and in that of <see cref="PanelOrder"/>.</summary>
internal static class PanelSums
{
    /// <summary>The sums themselves, in natural order.</summary>
    public static void Write(ReadOnlySpan<int> sums, int width, PanelTarget<int> target)
    {
        Lengths.MustReach((long)target.Rows * width, sums.Length);
        Lengths.MustReach(target.Columns, width);
        var action = new ToNatural { Sums = sums[..(target.Rows * width)], Target = target };
        PanelWidth.Dispatch(width, ref action);
    }

    /// <summary>At most a panel's columns, in panel order; the others are zero.</summary>
    public static void Arrange(ReadOnlySpan<int> columns, Span<int> panel)
    {
        Lengths.MustReach(columns.Length, panel.Length);
        if (columns.Length == panel.Length)
        {
            var whole = new ToPanel { Columns = columns, Panel = panel };
            PanelWidth.Dispatch(panel.Length, ref whole);
            return;
        }
        Span<int> natural = stackalloc int[GemmInt.PanelWidthMax];
        natural = natural[..panel.Length];
        natural.Clear();
        columns.CopyTo(natural);
        var action = new ToPanel { Columns = natural, Panel = panel };
        PanelWidth.Dispatch(panel.Length, ref action);
    }

    private ref struct ToNatural : IPanelAction
    {
        public required ReadOnlySpan<int> Sums;
        public required PanelTarget<int> Target;

        // In bounds: Write checked sums, and the target its rows; columns behind the last go to a buffer.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            Span<int> edge = stackalloc int[GemmInt.PanelWidthMax];
            nuint n = (nuint)I.Count, at = 0;
            ref int sum = ref MemoryMarshal.GetReference(Sums);
            for (int r = 0; r < Target.Rows; r++, at += 2 * n)
            {
                I low = I.Load(ref sum, at), high = I.Load(ref sum, at + n);
                bool whole = Target.Columns == S.Count;
                var row = Target.Output.Slice(r * Target.Stride, Target.Columns);
                ref int to = ref MemoryMarshal.GetReference(whole ? row : edge);
                I.Store(L.NaturalLow(low, high), ref to, 0);
                I.Store(L.NaturalHigh(low, high), ref to, n);
                if (!whole) edge[..row.Length].CopyTo(row);
            }
        }

        public readonly void InvokeScalar()
        {
            int width = Sums.Length / Math.Max(1, Target.Rows);
            for (int r = 0; r < Target.Rows; r++) Sums.Slice(r * width, Target.Columns).CopyTo(Target.Output[(r * Target.Stride)..]);
        }
    }

    private ref struct ToPanel : IPanelAction
    {
        public required ReadOnlySpan<int> Columns;
        public required Span<int> Panel;

        // In bounds: both have the panel's width.
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            ref int from = ref MemoryMarshal.GetReference(Columns), to = ref MemoryMarshal.GetReference(Panel);
            I first = I.Load(ref from, 0), second = I.Load(ref from, (nuint)I.Count);
            I.Store(L.PanelLow(first, second), ref to, 0);
            I.Store(L.PanelHigh(first, second), ref to, (nuint)I.Count);
        }

        public readonly void InvokeScalar() => Columns.CopyTo(Panel);
    }
}
