using System.Numerics;
using Graft.Graphs;
using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Rows of an output that a plain step has written, to be changed afterwards.</summary>
internal abstract class OutputRows
{
    /// <returns>Null for a type without a meaning as real numbers.</returns>
    public static OutputRows? Of(TensorInfo info, Operand output) => (info.Type, info.Quantization) switch
    {
        (DType.Float32, _) => new FloatOutputRows(output),
        (DType.Int8, { Scale: > 0 } q) => new QuantizedOutputRows<sbyte>(output, q.Scale, q.ZeroPoint),
        (DType.Int16, { Scale: > 0 } q) => new QuantizedOutputRows<short>(output, q.Scale, q.ZeroPoint),
        _ => null,
    };

    /// <summary>Elements as real numbers, in place or in the buffer, which has room for them.</summary>
    public abstract Span<float> Open(in RunContext c, int first, int length, Span<float> buffer);

    /// <summary>Makes what was changed the output.</summary>
    public abstract void Close(in RunContext c, int first, Span<float> rows);
}

/// <summary>Floats, changed in place.</summary>
internal sealed class FloatOutputRows(Operand output) : OutputRows
{
    public override Span<float> Open(in RunContext c, int first, int length, Span<float> buffer) => c.Write<float>(output).Slice(first, length);

    public override void Close(in RunContext c, int first, Span<float> rows)
    {
    }
}

/// <summary>Quantised integers: dequantised, and quantised again, rounding half away from zero.</summary>
internal sealed class QuantizedOutputRows<T>(Operand output, float scale, int zeroPoint) : OutputRows
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly QuantizedRange _range = new(scale, zeroPoint, (int.CreateTruncating(T.MinValue), int.CreateTruncating(T.MaxValue)));

    public override Span<float> Open(in RunContext c, int first, int length, Span<float> buffer)
    {
        var values = c.Write<T>(output).Slice(first, length);
        Affine.Dequantize(values, scale, zeroPoint, buffer[..length]);
        return buffer[..length];
    }

    public override void Close(in RunContext c, int first, Span<float> rows) => _range.Quantize(rows, c.Write<T>(output).Slice(first, rows.Length));
}
