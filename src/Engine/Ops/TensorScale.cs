using Graft.Graphs;
using Graft.Kernels.Quant;

namespace Graft.Ops;

/// <summary>
/// Reads the scale and zero point of tensors that are quantised as a whole, and refuses those without meaning. What <c>mayLack</c> them has
/// scale 0 and zero point 0 then, as in the reference, and all that is calculated from it is zero or a bound of the type.
/// </summary>
internal static class TensorScale
{
    public static AffineScale Input(in PrepareContext c, int i, bool mayLack = false) => Of(c, c.Input(i), $"input {i}", mayLack);

    public static AffineScale Output(in PrepareContext c, int i, bool mayLack = false) => Of(c, c.Output(i), $"output {i}", mayLack);

    /// <summary>As <see cref="Input"/>, for operators whose arithmetic has no place for a zero point at 16 bits.</summary>
    public static AffineScale SymmetricInput(in PrepareContext c, int i, bool mayLack = false) =>
        Symmetric(c, Input(c, i, mayLack), c.Type(i), $"input {i}");

    /// <summary>As <see cref="Output"/>, for operators whose arithmetic has no place for a zero point at 16 bits.</summary>
    public static AffineScale SymmetricOutput(in PrepareContext c, int i, bool mayLack = false) =>
        Symmetric(c, Output(c, i, mayLack), c.Output(i).Type, $"output {i}");

    /// <summary>As <see cref="Input"/>, but scale 0, which converters give to data that is all zero, is let through.</summary>
    public static AffineScale InputOrZero(in PrepareContext c, int i) =>
        c.Input(i).Quantization is { IsPerChannel: false, Scale: 0 } q && !q.Scales.IsEmpty ? new(0, q.ZeroPoint) : Input(c, i);

    /// <summary>The quotient of two scales, rounded to float, as a fixed-point factor.</summary>
    public static QuantizedMultiplier Quotient(AffineScale input, AffineScale output) => FixedPoint.Quantize(input.Scale / output.Scale);

    private static AffineScale Symmetric(in PrepareContext c, AffineScale scale, DType type, string operand)
    {
        if (type == DType.Int16 && scale.ZeroPoint != 0)
            c.Fail($"{operand} is int16 with zero point {scale.ZeroPoint}; int16 needs zero point 0");
        return scale;
    }

    private static AffineScale Of(in PrepareContext c, TensorInfo tensor, string operand, bool mayLack)
    {
        var q = tensor.Quantization;
        if (q is null || q.Scales.IsEmpty)
        {
            if (mayLack) return default;
            c.Fail($"{operand} ({tensor.Type.Name()}) has no scale; this operator needs one here");
        }
        if (q.IsPerChannel)
            c.Fail($"{operand} has {q.Scales.Length} scales along axis {q.Axis}; this operator takes one scale for the whole tensor");
        if (!(q.Scale > 0) || !float.IsFinite(q.Scale)) c.Fail($"{operand} has scale {q.Scale:R}; a positive finite number is expected");
        var (low, high) = tensor.Type.IntegerRange();
        if (q.ZeroPoints[0] < low || q.ZeroPoints[0] > high)
            c.Fail($"{operand} has zero point {q.ZeroPoints[0]}, outside [{low}, {high}] of {tensor.Type.Name()}");
        return new(q.Scale, q.ZeroPoint);
    }
}
