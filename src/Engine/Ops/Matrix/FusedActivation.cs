using Graft.Errors;
using Graft.Schema;

namespace Graft.Ops.Matrix;

/// <summary>The activation that an operator applies to its result: always a clamp.</summary>
internal static class FusedActivation
{
    /// <summary>Refuses unknown codes. Tanh and SignBit, which no converter fuses, count as none, as in the reference.</summary>
    public static ActivationFunctionType Check(ActivationFunctionType activation) => activation switch
    {
        ActivationFunctionType.Tanh or ActivationFunctionType.SignBit => ActivationFunctionType.None,
        ActivationFunctionType.None or ActivationFunctionType.Relu or ActivationFunctionType.ReluN1To1 or ActivationFunctionType.Relu6 => activation,
        _ => throw new UnsupportedOptionException($"fused activation {(int)activation} is unknown (supported: None, Relu, ReluN1To1, Relu6)"),
    };

    /// <summary>Bounds in real numbers. Without an activation they are the largest floats, so that infinities become finite, as in the reference.</summary>
    public static (float Min, float Max) Range(ActivationFunctionType activation) => activation switch
    {
        ActivationFunctionType.Relu => (0, float.MaxValue),
        ActivationFunctionType.Relu6 => (0, 6),
        ActivationFunctionType.ReluN1To1 => (-1, 1),
        _ => (float.MinValue, float.MaxValue),
    };

    /// <summary>Bounds in quantised numbers of the output's type.</summary>
    public static (int Min, int Max) QuantizedRange(ActivationFunctionType activation, DType type, Quantization? quantization)
    {
        var (low, high) = type switch
        {
            DType.UInt8 => (byte.MinValue, byte.MaxValue),
            DType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            DType.Int16 => (short.MinValue, short.MaxValue),
            _ => (int.MinValue, int.MaxValue),
        };
        if (activation == ActivationFunctionType.None || quantization is null) return (low, high);
        var (min, max) = Range(activation);
        int quantizedMin = Quantize(min, quantization);
        low = Math.Max(low, quantizedMin);
        return (low, activation == ActivationFunctionType.Relu ? high : Math.Min(high, Quantize(max, quantization)));
    }

    /// <summary>Rounds half away from zero, in float32, as the reference does.</summary>
    private static int Quantize(float real, Quantization q) =>
        (int)Math.Clamp(q.ZeroPoint + (long)MathF.Round(real / q.Scale, MidpointRounding.AwayFromZero), int.MinValue, int.MaxValue);
}
