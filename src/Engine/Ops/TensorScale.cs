using Graft.Graphs;

namespace Graft.Ops;

/// <summary>The scale and zero point of a tensor that is quantised as a whole: real = scale * (q - zero point).</summary>
internal readonly record struct TensorScale(float Scale, int ZeroPoint)
{
    public static TensorScale Input(in PrepareContext c, int i) => Of(c, c.Input(i), $"input {i}");

    public static TensorScale Output(in PrepareContext c, int i) => Of(c, c.Output(i), $"output {i}");

    /// <summary>As <see cref="Input"/>, for operators whose arithmetic has no place for a zero point at 16 bits.</summary>
    public static TensorScale SymmetricInput(in PrepareContext c, int i) => Symmetric(c, Input(c, i), c.Type(i), $"input {i}");

    /// <summary>As <see cref="Output"/>, for operators whose arithmetic has no place for a zero point at 16 bits.</summary>
    public static TensorScale SymmetricOutput(in PrepareContext c, int i) =>
        Symmetric(c, Output(c, i), c.Output(i).Type, $"output {i}");

    private static TensorScale Symmetric(in PrepareContext c, TensorScale scale, DType type, string operand)
    {
        if (type == DType.Int16 && scale.ZeroPoint != 0)
            c.Fail($"{operand} is int16 with zero point {scale.ZeroPoint}; int16 needs zero point 0");
        return scale;
    }

    private static TensorScale Of(in PrepareContext c, TensorInfo tensor, string operand)
    {
        var q = tensor.Quantization;
        if (q is null || q.Scales.IsEmpty) c.Fail($"{operand} ({tensor.Type.Name()}) has no scale; this operator needs one here");
        if (q.IsPerChannel)
            c.Fail($"{operand} has {q.Scales.Length} scales along axis {q.Axis}; this operator takes one scale for the whole tensor");
        if (!(q.Scale > 0) || !float.IsFinite(q.Scale)) c.Fail($"{operand} has scale {q.Scale:R}; a positive finite number is expected");
        var (low, high) = tensor.Type.IntegerRange();
        if (q.ZeroPoints[0] < low || q.ZeroPoints[0] > high)
            c.Fail($"{operand} has zero point {q.ZeroPoints[0]}, outside [{low}, {high}] of {tensor.Type.Name()}");
        return new(q.Scale, q.ZeroPoint);
    }
}
