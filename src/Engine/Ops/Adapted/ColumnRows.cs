using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Rows that lie as columns of matrices (K, rows of a matrix): scale * (q - zero point).</summary>
internal sealed class ColumnPatchRows<T>(ConvGeometry geometry, int perMatrix, Operand input, float scale, int zeroPoint) : PatchRows(geometry, input)
    where T : unmanaged, INumberBase<T>
{
    public override ReadOnlySpan<float> Read(in RunContext c, int row, int count, Span<float> buffer, out int stride, out int used)
    {
        stride = Geometry.K;
        used = count * stride;
        for (int i = 0; i < count; i++)
        {
            var (matrix, column) = Math.DivRem(row + i, perMatrix);
            var values = c.Read<T>(Input)[(matrix * stride * perMatrix + column)..];
            for (int k = 0; k < stride; k++) buffer[i * stride + k] = scale * (float.CreateTruncating(values[k * perMatrix]) - zeroPoint);
        }
        return buffer[..used];
    }
}

/// <summary>Rows in scratch memory, which become columns of output matrices (columns, rows of a matrix).</summary>
internal abstract class ColumnsOut(int columns, int perMatrix, Scratch rows) : LinearRows(columns)
{
    public override bool LeavesPlainRows => true;

    public override Span<float> Rows(in RunContext c, int row, int count) => c.Scratch<float>(rows).Slice(row * Columns, count * Columns);

    public override void Finish(in RunContext c, int row, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var (matrix, column) = Math.DivRem(row + i, perMatrix);
            Write(c, Rows(c, row + i, 1), matrix * Columns * perMatrix + column, perMatrix);
        }
    }

    /// <summary>Writes elements from the first one on, each so many behind the one before.</summary>
    protected abstract void Write(in RunContext c, Span<float> values, int first, int stride);
}

/// <summary>Columns of a float output.</summary>
internal sealed class FloatColumns(int columns, int perMatrix, Scratch rows, Operand output) : ColumnsOut(columns, perMatrix, rows)
{
    protected override void Write(in RunContext c, Span<float> values, int first, int stride)
    {
        var target = c.Write<float>(output)[first..];
        for (int i = 0; i < values.Length; i++) target[i * stride] = values[i];
    }
}

/// <summary>Columns of a quantised output, rounding half away from zero.</summary>
internal sealed class QuantizedColumns<T>(int columns, int perMatrix, Scratch rows, Operand output, float scale, int zeroPoint) : ColumnsOut(columns, perMatrix, rows)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int Chunk = 64;

    private readonly QuantizedRange _range = new(scale, zeroPoint, (int.CreateTruncating(T.MinValue), int.CreateTruncating(T.MaxValue)));

    protected override void Write(in RunContext c, Span<float> values, int first, int stride)
    {
        Span<T> quantised = stackalloc T[Chunk];
        var target = c.Write<T>(output)[first..];
        for (int at = 0; at < values.Length; at += Chunk)
        {
            int count = Math.Min(Chunk, values.Length - at);
            _range.Quantize(values.Slice(at, count), quantised[..count]);
            for (int i = 0; i < count; i++) target[(at + i) * stride] = quantised[i];
        }
    }
}
