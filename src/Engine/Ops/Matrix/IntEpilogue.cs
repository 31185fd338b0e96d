using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The outputs that come from the sums of one panel.</summary>
internal readonly ref struct PanelOutputs
{
    /// <summary>Columns of a panel, wanted or not.</summary>
    public required int Width { get; init; }

    /// <summary>The panel, counted over all groups.</summary>
    public required int Panel { get; init; }

    /// <summary>Its first output column, counted over all groups, and how many there are.</summary>
    public required int Column { get; init; }
    public required int Columns { get; init; }

    /// <summary>The first output row, and how many there are.</summary>
    public required int Row { get; init; }
    public required int Rows { get; init; }

    /// <summary>From each output row to the next.</summary>
    public int RowStep { get; init; }

    /// <summary>Set where the rows of sums are those of <see cref="Rows"/> whole panels side by side, of the one output row <see cref="Row"/>.</summary>
    public bool Across { get; init; }

    /// <summary>Sums of the right factors of the panel's columns, where the sums still have the rows' zero points in them.</summary>
    public ReadOnlySpan<int> ColumnSums { get; init; }

    /// <summary>What zero points are in the sums more than those of the activations.</summary>
    public int ZeroPointOffset { get; init; }

    /// <summary>Where the sums go in rows of <paramref name="channels"/> outputs.</summary>
    public PanelTarget<T> Target<T>(Span<T> output, int channels) => new(output[(Row * channels + Column)..], Across ? Width : channels * RowStep, Rows, Columns);

    /// <summary>The numbers, arranged in panels, that belong to the columns.</summary>
    public ReadOnlySpan<T> Numbers<T>(T[] arranged) => arranged.AsSpan(Panel * Width, Across ? Rows * Width : Width);
}

/// <summary>What turns the integer sums of a product into outputs.</summary>
internal interface IIntEpilogue
{
    /// <summary>True when sums need 64 bits: then they come row by row.</summary>
    bool IsWide { get; }

    /// <summary>The same for 32-bit sums that come in panels.</summary>
    IPanelEpilogue Panels(PanelLayout layout);

    /// <summary>In plain code: sums of columns [column, column + length) of one row, in natural order, which begin with zero.</summary>
    void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column);
}

/// <summary>Outputs of the 32-bit sums of panels.</summary>
internal interface IPanelEpilogue
{
    /// <summary>
    /// What the sums of <paramref name="columns"/> columns begin with, those of one panel or of several whole ones, in panel order; it may be in
    /// <paramref name="room"/>, which has whole panels of <paramref name="width"/>.
    /// </summary>
    ReadOnlySpan<int> Start(in RunContext c, int panel, int column, int columns, int width, Span<int> room);

    /// <param name="c">The run.</param>
    /// <param name="sums">Sums from <see cref="Start"/> on, row after row, in panel order.</param>
    /// <param name="outputs">Where they belong.</param>
    void Write(in RunContext c, ReadOnlySpan<int> sums, in PanelOutputs outputs);
}
