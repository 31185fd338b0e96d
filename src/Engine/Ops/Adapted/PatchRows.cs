using System.Numerics;
using Graft.Graphs;
using Graft.Kernels.Conv;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>The input of a matrix node as float rows: patches over all channels, in the order (height, width, channel).</summary>
internal abstract class PatchRows(ConvGeometry geometry, Operand input)
{
    protected ConvGeometry Geometry { get; } = geometry;

    protected Operand Input { get; } = input;

    /// <summary>Reads rows of a tensor as real numbers; null for a type without a meaning as such.</summary>
    public static PatchRows? Of(TensorInfo info, in ConvGeometry geometry, Operand input) => (info.Type, info.Quantization) switch
    {
        (DType.Float32, _) => new FloatPatchRows(geometry, input),
        (DType.Int8, { Scale: > 0 } q) => new QuantizedPatchRows<sbyte>(geometry, input, q.Scale, (sbyte)q.ZeroPoint),
        (DType.UInt8, { Scale: > 0 } q) => new QuantizedPatchRows<byte>(geometry, input, q.Scale, (byte)q.ZeroPoint),
        (DType.Int16, { Scale: > 0 } q) => new QuantizedPatchRows<short>(geometry, input, q.Scale, (short)q.ZeroPoint),
        _ => null,
    };

    /// <summary>Reads rows of a tensor that lie as columns of its matrices, of which each has so many; null likewise.</summary>
    public static PatchRows? OfColumns(TensorInfo info, in ConvGeometry geometry, int perMatrix, Operand input) => (info.Type, info.Quantization) switch
    {
        (DType.Float32, _) => new ColumnPatchRows<float>(geometry, perMatrix, input, 1, 0),
        (DType.Int8, { Scale: > 0 } q) => new ColumnPatchRows<sbyte>(geometry, perMatrix, input, q.Scale, q.ZeroPoint),
        (DType.Int16, { Scale: > 0 } q) => new ColumnPatchRows<short>(geometry, perMatrix, input, q.Scale, q.ZeroPoint),
        _ => null,
    };

    /// <summary>Reads whole rows of so many columns.</summary>
    public static PatchRows? Of(TensorInfo info, int rows, int columns, Operand input) => Of(info, new ConvGeometry
    {
        Batch = rows, InputHeight = 1, InputWidth = 1, OutputHeight = 1, OutputWidth = 1, InputChannels = columns, GroupChannels = columns, OutputChannels = columns,
        FilterHeight = 1, FilterWidth = 1, StrideY = 1, StrideX = 1, DilationY = 1, DilationX = 1, PadY = 0, PadX = 0,
    }, input);

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
        if (Geometry.IsPointwise)
        {
            Affine.Dequantize(c.Read<T>(Input).Slice(row * stride, used), scale, int.CreateTruncating(zeroPoint), buffer[..used]);
            return buffer[..used];
        }
        Patches.Gather(Geometry, c.Read<T>(Input), 0, row, count, zeroPoint, buffer, stride);
        var rows = buffer[..used];
        for (int i = 0; i < rows.Length; i++) rows[i] *= scale;
        return rows;
    }
}
