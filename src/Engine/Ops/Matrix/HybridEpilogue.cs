using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// Float output of a product of weights with activations that were quantised on the fly: sum * weight scale * row scale + bias. Where the
/// reference multiplies the two scales first, <paramref name="scalesFirst"/> is set: the last bit depends on it. Scales are those of a row,
/// which has the channels of one or more pixels.
/// </summary>
internal sealed class HybridEpilogue(Operand bias, int channels, float[] scales, QuantizedRows rows, bool scalesFirst, (float Min, float Max) range, Operand output)
    : IIntEpilogue, IPanelEpilogue
{
    public bool IsWide => false;

    public IPanelEpilogue Panels(PanelLayout layout) => this;

    public ReadOnlySpan<int> Start(in RunContext c, int panel, int column, int columns, int width, Span<int> room)
    {
        room.Clear();
        return room;
    }

    [System.Runtime.CompilerServices.SkipLocalsInit]
    public void Write(in RunContext c, ReadOnlySpan<int> sums, in PanelOutputs p)
    {
        if (p.Across)
        {
            Across(c, sums, p);
            return;
        }
        Span<float> room = stackalloc float[GemmInt.BlockRows];
        Span<int> zeroPoints = stackalloc int[GemmInt.BlockRows];
        Span<float> repeated = stackalloc float[GemmInt.PanelWidthMax];
        var biases = Bias(c, p.Column, p.Columns, repeated);
        for (int done = 0; done < p.Rows; done += GemmInt.BlockRows)
        {
            int count = Math.Min(GemmInt.BlockRows, p.Rows - done), row = p.Row + done * p.RowStep;
            var rowScales = rows.RowScales(c, row, p.RowStep, room[..count]);
            if (!p.ColumnSums.IsEmpty) rows.RowZeroPoints(c, row, p.RowStep, p.ZeroPointOffset, zeroPoints[..count]);
            var floats = new PanelFloats(scales.AsSpan(p.Column), biases, rowScales, scalesFirst, range) { ColumnSums = p.ColumnSums, RowZeroPoints = zeroPoints };
            floats.Write(sums[(done * p.Width)..], p.Width, new(c.Write<float>(output)[(row * scales.Length + p.Column)..], scales.Length * p.RowStep, count, p.Columns));
        }
    }

    private void Across(in RunContext c, ReadOnlySpan<int> sums, in PanelOutputs p)
    {
        Span<float> repeated = stackalloc float[GemmInt.PanelWidthMax];
        float rowScale = rows.Scale(c, p.Row);
        var target = c.Write<float>(output)[(p.Row * scales.Length)..];
        for (int i = 0, column = p.Column; i < p.Rows; i++, column += p.Width)
        {
            var floats = new PanelFloats(scales.AsSpan(column), Bias(c, column, p.Width, repeated), new(in rowScale), scalesFirst, range);
            floats.Write(sums[(i * p.Width)..], p.Width, new(target[column..], p.Width, 1, p.Width));
        }
    }

    public void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        float rowScale = rows.Scale(c, row);
        Span<float> repeated = stackalloc float[channels == scales.Length ? 0 : sums.Length];
        var biases = Bias(c, column, sums.Length, repeated);
        var target = c.Write<float>(output).Slice(row * scales.Length + column, sums.Length);
        for (int i = 0; i < target.Length; i++)
        {
            float scale = scales[column + i], sum = unchecked((int)sums[i]);
            float value = (scalesFirst ? sum * (rowScale * scale) : sum * scale * rowScale) + (biases.IsEmpty ? 0 : biases[i]);
            target[i] = Math.Min(Math.Max(value, range.Min), range.Max);
        }
    }

    private ReadOnlySpan<float> Bias(in RunContext c, int column, int count, Span<float> repeated)
    {
        if (!bias.IsPresent) return default;
        var values = c.Read<float>(bias);
        if (channels == scales.Length) return values.Slice(column, count);
        for (int i = 0, first = column % channels, length; i < count; i += length, first = 0)
        {
            length = Math.Min(count - i, channels - first);
            values.Slice(first, length).CopyTo(repeated[i..]);
        }
        return repeated[..count];
    }
}

/// <summary>The sums themselves, as int32 outputs.</summary>
internal sealed class RawEpilogue(int columns, Operand output) : IIntEpilogue, IPanelEpilogue
{
    public bool IsWide => false;

    public IPanelEpilogue Panels(PanelLayout layout) => this;

    public ReadOnlySpan<int> Start(in RunContext c, int panel, int column, int columns, int width, Span<int> room)
    {
        room.Clear();
        return room;
    }

    public void Write(in RunContext c, ReadOnlySpan<int> sums, in PanelOutputs p) =>
        PanelSums.Write(sums, p.Width, p.Target(c.Write<int>(output), columns));

    public void WriteRow(in RunContext c, ReadOnlySpan<long> sums, int row, int column)
    {
        var target = c.Write<int>(output).Slice(row * columns + column, sums.Length);
        for (int i = 0; i < target.Length; i++) target[i] = unchecked((int)sums[i]);
    }
}
