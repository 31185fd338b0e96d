using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>The input of a matrix node as float rows: patches over all channels, in the order (height, width, channel).</summary>
internal abstract class PatchRows(ConvGeometry geometry, Operand input)
{
    protected ConvGeometry Geometry { get; } = geometry;

    protected Operand Input { get; } = input;

    /// <summary>Rows [row, row + count), in place or in the first <paramref name="used"/> floats of the buffer.</summary>
    public abstract ReadOnlySpan<float> Read(in RunContext c, int row, int count, Span<float> buffer, out int stride, out int used);
}

/// <summary>Rows of a float input.</summary>
internal sealed class FloatPatchRows(ConvGeometry geometry, Operand input) : PatchRows(geometry, input)
{
    public override ReadOnlySpan<float> Read(in RunContext c, int row, int count, Span<float> buffer, out int stride, out int used)
    {
        stride = Geometry.K;
        used = 0;
        var values = c.Read<float>(Input);
        if (Geometry.IsPointwise) return values.Slice(row * stride, count * stride);
        used = count * stride;
        Patches.Gather(Geometry, values, 0, row, count, 0f, buffer, stride);
        return buffer[..used];
    }
}

/// <summary>Rows of a quantised input: scale * (q - zero point).</summary>
internal sealed class QuantizedPatchRows<T>(ConvGeometry geometry, Operand input, float scale, T zeroPoint) : PatchRows(geometry, input)
    where T : unmanaged, IBinaryInteger<T>
{
    public override ReadOnlySpan<float> Read(in RunContext c, int row, int count, Span<float> buffer, out int stride, out int used)
    {
        stride = Geometry.K;
        used = count * stride;
        Patches.Gather(Geometry, c.Read<T>(Input), 0, row, count, zeroPoint, buffer, stride);
        var rows = buffer[..used];
        for (int i = 0; i < rows.Length; i++) rows[i] *= scale;
        return rows;
    }
}
