using System.Runtime.InteropServices;
using Graft.Graphs;
using Graft.Kernels;

namespace Graft.Adapters.Binding;

/// <summary>The real numbers that a constant tensor stands for.</summary>
internal static class ConstantValues
{
    /// <summary>Elements in the tensor's own order, dequantised.</summary>
    /// <exception cref="AdapterException">It is not constant, or of a type without a meaning as a weight.</exception>
    public static float[] Read(Subgraph subgraph, TensorInfo tensor)
    {
        if (!tensor.Constant.IsPresent) throw new AdapterException($"tensor {tensor} is not constant, so no adapter can act on it");
        if (tensor.Sparsity is not null) throw new AdapterException($"tensor {tensor} is sparse; adapters on sparse weights are not supported");
        var bytes = tensor.Constant.Bytes;
        int count = checked((int)tensor.Shape.ElementCount);
        switch (tensor.Type)
        {
            case DType.Float32: return MemoryMarshal.Cast<byte, float>(bytes)[..count].ToArray();
            case DType.Float16: return Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes)[..count].ToArray(), v => (float)v);
            case DType.BFloat16: return Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes)[..count].ToArray(), v => BitConverter.UInt32BitsToSingle((uint)v << 16));
            default: return Dequantised(subgraph, tensor, Integers(tensor, bytes, count));
        }
    }

    private static int[] Integers(TensorInfo tensor, ReadOnlySpan<byte> bytes, int count)
    {
        if (tensor.Type is DType.Int4 or DType.Int2)
        {
            var unpacked = new sbyte[count];
            PackedIntegers.Unpack(bytes, tensor.Type.Bits(), unpacked);
            return Array.ConvertAll(unpacked, v => (int)v);
        }
        return tensor.Type switch
        {
            DType.Int8 => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(bytes)[..count].ToArray(), v => (int)v),
            DType.UInt8 => Array.ConvertAll(bytes[..count].ToArray(), v => (int)v),
            DType.Int16 => Array.ConvertAll(MemoryMarshal.Cast<byte, short>(bytes)[..count].ToArray(), v => (int)v),
            DType.Int32 => MemoryMarshal.Cast<byte, int>(bytes)[..count].ToArray(),
            DType.Int64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes)[..count].ToArray(), v => checked((int)v)),
            _ => throw new AdapterException($"tensor {tensor}: adapters on weights of this type are not supported"),
        };
    }

    private static float[] Dequantised(Subgraph subgraph, TensorInfo tensor, int[] integers)
    {
        if (tensor.Quantization is not { } q) throw new AdapterException($"tensor {tensor} has no quantisation, so its integers stand for nothing");
        var values = new float[integers.Length];
        if (q.BlockSize > 0)
        {
            float[] scales = Read(subgraph, subgraph.Tensors[q.BlockScales]);
            for (int i = 0; i < values.Length; i++) values[i] = integers[i] * scales[i / q.BlockSize];
            return values;
        }
        int inner = 1;
        for (int d = q.Axis + 1; d < tensor.Shape.Rank; d++) inner *= tensor.Shape[d];
        for (int i = 0; i < values.Length; i++)
        {
            int channel = q.IsPerChannel ? i / inner % q.Scales.Length : 0;
            values[i] = q.Scales[channel] * (integers[i] - (q.ZeroPoints.IsEmpty ? 0 : q.ZeroPoints[channel]));
        }
        return values;
    }
}
