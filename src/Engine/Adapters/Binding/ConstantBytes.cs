using System.Runtime.InteropServices;
using Graft.Graphs;
using Graft.Runtime;

namespace Graft.Adapters.Binding;

/// <summary>Real numbers as the bytes of a constant tensor, in its own type and quantisation.</summary>
internal static class ConstantBytes
{
    public static unsafe NativeBuffer Of(TensorInfo tensor, float[] values)
    {
        if (values.Length != tensor.Shape.ElementCount) throw new AdapterException($"{values.Length} values do not fit tensor {tensor}");
        var memory = new NativeBuffer(tensor.Constant.ByteCount);
        // In bounds: the buffer has the tensor's own byte count.
        var bytes = new Span<byte>((void*)memory.Address, (int)memory.ByteCount);
        switch (tensor.Type)
        {
            case DType.Float32:
                values.CopyTo(MemoryMarshal.Cast<byte, float>(bytes));
                break;
            case DType.Float16:
                Array.ConvertAll(values, v => (Half)v).CopyTo(MemoryMarshal.Cast<byte, Half>(bytes));
                break;
            case DType.Int8 when tensor.Quantization is { Scale: > 0 } q:
                for (int i = 0; i < values.Length; i++) bytes[i] = (byte)(sbyte)Quantized(values[i], q, sbyte.MinValue, sbyte.MaxValue);
                break;
            case DType.Int16 when tensor.Quantization is { Scale: > 0 } q:
                var shorts = MemoryMarshal.Cast<byte, short>(bytes);
                for (int i = 0; i < values.Length; i++) shorts[i] = (short)Quantized(values[i], q, short.MinValue, short.MaxValue);
                break;
            default:
                memory.Dispose();
                throw new AdapterException($"tensor {tensor}: values of this type cannot be replaced");
        }
        return memory;
    }

    private static long Quantized(float value, Quantization q, int min, int max) =>
        (long)Math.Clamp(Math.Round((double)value / q.Scale, MidpointRounding.AwayFromZero) + q.ZeroPoint, min, max);
}
