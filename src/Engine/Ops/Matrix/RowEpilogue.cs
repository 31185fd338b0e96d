using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>An epilogue that takes the sums of panels row by row, in natural order: for outputs that no hot path makes.</summary>
internal abstract class RowEpilogue : IIntEpilogue, IPanelEpilogue
{
    public virtual bool IsWide => false;

    public IPanelEpilogue Panels(PanelLayout layout) => this;

    public ReadOnlySpan<int> Start(in RunContext c, int panel, int column, int columns, int width, Span<int> room)
    {
        room.Clear();
        return room;
    }

    public void Write(in RunContext c, ReadOnlySpan<int> sums, in PanelOutputs p)
    {
        Span<int> natural = stackalloc int[p.Columns];
        Span<long> wide = stackalloc long[p.Columns];
        for (int r = 0; r < p.Rows; r++)
        {
            PanelSums.Write(sums[(r * p.Width)..], p.Width, new(natural, p.Columns, 1, p.Columns));
            for (int i = 0; i < wide.Length; i++) wide[i] = natural[i];
            WriteRow(c, wide, p.Across ? p.Row : p.Row + (r * p.RowStep), p.Across ? p.Column + (r * p.Width) : p.Column);
        }
    }

    public abstract void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column);
}
