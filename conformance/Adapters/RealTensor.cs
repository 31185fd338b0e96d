using System.Runtime.InteropServices;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>Tensors of a model as real numbers, whatever their type.</summary>
internal static class RealTensor
{
    public static float[] Read(Tensor tensor)
    {
        var q = tensor.Quantization;
        return tensor.Type switch
        {
            DType.Float32 => tensor.Span<float>().ToArray(),
            DType.Int8 => Array.ConvertAll(tensor.Span<sbyte>().ToArray(), v => q!.Scale * (v - q.ZeroPoint)),
            DType.Int16 => Array.ConvertAll(tensor.Span<short>().ToArray(), v => q!.Scale * (v - q.ZeroPoint)),
            _ => throw new ArgumentException($"output {tensor} holds no real numbers"),
        };
    }

    /// <summary>The largest difference to a golden, which may hold the first rows of a batch only; infinite where it holds more or a difference is NaN.</summary>
    public static double Error(SafetensorsTensor expected, float[] actual)
    {
        var values = MemoryMarshal.Cast<byte, float>(expected.Bytes);
        if (values.Length > actual.Length) return double.PositiveInfinity;
        double worst = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - values[i]);
            if (double.IsNaN(difference)) return double.PositiveInfinity;
            worst = Math.Max(worst, difference);
        }
        return worst;
    }

    /// <summary>Fills an input, quantised where the model wants that.</summary>
    public static void Write(SafetensorsTensor source, Tensor input)
    {
        if (input.Type is DType.Int8 && source.Type == SafetensorsDType.F32)
        {
            var values = MemoryMarshal.Cast<byte, float>(source.Bytes);
            var q = input.Quantization!;
            var target = input.Span<sbyte>();
            for (int i = 0; i < target.Length; i++) target[i] = (sbyte)Math.Clamp(Math.Round(values[i] / q.Scale, MidpointRounding.AwayFromZero) + q.ZeroPoint, sbyte.MinValue, sbyte.MaxValue);
            return;
        }
        if (input.Type is DType.Int16 && source.Type == SafetensorsDType.F32)
        {
            var values = MemoryMarshal.Cast<byte, float>(source.Bytes);
            var q = input.Quantization!;
            var target = input.Span<short>();
            for (int i = 0; i < target.Length; i++) target[i] = (short)Math.Clamp(Math.Round(values[i] / q.Scale, MidpointRounding.AwayFromZero) + q.ZeroPoint, short.MinValue, short.MaxValue);
            return;
        }
        if (source.Bytes.Length != input.Bytes.Length) throw new ArgumentException($"input {input} does not take {source}");
        source.Bytes.CopyTo(input.Bytes);
    }
}
