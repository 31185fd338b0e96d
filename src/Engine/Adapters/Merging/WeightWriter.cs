using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Kernels;
using Graft.Runtime;

namespace Graft.Adapters.Merging;

/// <summary>
/// Stores the real numbers of a changed weight in the weight's own type. Integers get new scales, chosen slice by slice as converters do
/// (symmetric, the largest magnitude at the end of the range); slices that did not change keep their scale and so their integers.
/// </summary>
internal static class WeightWriter
{
    /// <param name="old">The weight as it was; <paramref name="before"/> holds its numbers.</param>
    /// <param name="before">Numbers before the change, in the tensor's order.</param>
    /// <param name="after">Numbers after it.</param>
    /// <param name="channelAxis">The axis of the outputs, or -1 where the scales must stay.</param>
    /// <param name="hasSlices">Whether each output may have a scale of its own.</param>
    /// <param name="addTensor">Adds a tensor and returns its index: where scales of blocks go.</param>
    /// <param name="blockScales">The tensor that holds the scales of blocks, if it has blocks.</param>
    public static TensorInfo Write(TensorInfo old, float[] before, float[] after, int channelAxis, bool hasSlices, TensorInfo? blockScales, Func<TensorInfo, int> addTensor)
    {
        switch (old.Type)
        {
            case DType.Float32: return Stored(old, MemoryMarshal.AsBytes<float>(after));
            // Layers that take halves take floats, too, and those lose nothing of the change.
            case DType.Float16: return Stored(old with { Type = DType.Float32 }, MemoryMarshal.AsBytes<float>(after));
            case DType.BFloat16: return Stored(old, MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(after, FloatBytes.ToBrain)));
        }
        int limit = Limit(old);
        if (old.Quantization is { BlockSize: > 0 } blocks)
        {
            float[] scales = Scales(before, after, i => i / blocks.BlockSize, after.Length / blocks.BlockSize, limit, null);
            // Blocks store their scales with fewer bits: the integers follow what is stored.
            var stored = Stored(blockScales!, blockScales!.Type == DType.Float16 ? MemoryMarshal.AsBytes<Half>(Array.ConvertAll(scales, v => (Half)v)) : MemoryMarshal.AsBytes<float>(scales));
            if (stored.Type == DType.Float16) scales = Array.ConvertAll(scales, v => (float)(Half)v);
            var quantization = new Quantization([], [], blocks.Axis, blocks.BlockSize, addTensor(stored));
            return Stored(old with { Quantization = quantization }, Integers(old.Type, after, i => scales[i / blocks.BlockSize], limit));
        }
        var q = old.Quantization ?? throw new AdapterException($"tensor {old} has no quantisation");
        if (channelAxis < 0)
        {
            if (q.IsPerChannel) throw new AdapterException($"tensor {old}: its scales belong to the output as well and cannot change");
            return Stored(old, Integers(old.Type, after, _ => q.Scale, limit, q.ZeroPoint));
        }
        // The legacy type has one scale, and its zero point in the middle.
        bool isLegacy = old.Type == DType.UInt8, isWhole = isLegacy || !hasSlices;
        int slices = isWhole ? 1 : old.Shape[channelAxis], inner = 1;
        for (int d = channelAxis + 1; d < old.Shape.Rank; d++) inner *= old.Shape[d];
        int Slice(int i) => isWhole ? 0 : i / inner % slices;
        float[] perSlice = Scales(before, after, Slice, slices, limit, s => q.Scales[q.IsPerChannel ? s : 0]);
        const long LegacyZeroPoint = 128;
        var changed = new Quantization([.. perSlice], [.. Enumerable.Repeat(isLegacy ? LegacyZeroPoint : 0, slices)], channelAxis);
        return Stored(old with { Quantization = changed }, Integers(old.Type, after, i => perSlice[Slice(i)], limit, isLegacy ? (int)LegacyZeroPoint : 0));
    }

    /// <summary>Integers of a bias, whose scales are those of the sums.</summary>
    public static TensorInfo WriteBias(TensorInfo old, float[] bias, double[] scales)
    {
        var quantization = new Quantization([.. scales.Select(s => (float)s)], [.. scales.Select(_ => 0L)], 0);
        double Rounded(int i) => scales[i] == 0 ? 0 : Math.Round(bias[i] / scales[i], MidpointRounding.AwayFromZero);
        return old.Type == DType.Int64
            ? Stored(old with { Quantization = quantization }, MemoryMarshal.AsBytes<long>([.. Enumerable.Range(0, bias.Length).Select(i => (long)Math.Clamp(Rounded(i), -(double)(1L << 47), 1L << 47))]))
            : Stored(old with { Quantization = quantization }, MemoryMarshal.AsBytes<int>([.. Enumerable.Range(0, bias.Length).Select(i => (int)Math.Clamp(Rounded(i), int.MinValue, int.MaxValue))]));
    }

    /// <summary>The tensor with other bytes.</summary>
    public static unsafe TensorInfo Stored(TensorInfo tensor, ReadOnlySpan<byte> bytes)
    {
        var memory = new NativeBuffer(bytes.Length);
        // In bounds: the buffer has exactly these bytes.
        bytes.CopyTo(new Span<byte>((void*)memory.Address, bytes.Length));
        return tensor with { Constant = new ConstantData(memory.Address, memory.ByteCount, memory) };
    }

    private static int Limit(TensorInfo tensor) => tensor.Type switch
    {
        DType.Int8 or DType.UInt8 => sbyte.MaxValue,
        DType.Int16 => short.MaxValue,
        DType.Int4 => 7,
        DType.Int2 => 1,
        _ => throw new AdapterException($"tensor {tensor}: weights of this type cannot be merged"),
    };

    /// <param name="kept">The scale of a slice that did not change; null where none is known.</param>
    private static float[] Scales(float[] before, float[] after, Func<int, int> sliceOf, int slices, int limit, Func<int, float>? kept)
    {
        var scales = new float[slices];
        var isChanged = new bool[slices];
        for (int i = 0; i < after.Length; i++)
        {
            int slice = sliceOf(i);
            scales[slice] = Math.Max(scales[slice], Math.Abs(after[i]));
            isChanged[slice] |= after[i] != before[i];
        }
        for (int s = 0; s < slices; s++)
        {
            if (kept is not null && (!isChanged[s] || scales[s] == 0)) scales[s] = kept(s);
            else scales[s] = scales[s] == 0 ? 1 : scales[s] / limit;
        }
        return scales;
    }

    private static byte[] Integers(DType type, float[] values, Func<int, float> scale, int limit, int zeroPoint = 0)
    {
        sbyte Rounded(int i) => (sbyte)Whole(i);
        int Whole(int i) => scale(i) == 0 ? zeroPoint : (int)Math.Clamp(Math.Round((double)values[i] / scale(i), MidpointRounding.AwayFromZero), -limit, limit) + zeroPoint;
        var range = Enumerable.Range(0, values.Length);
        switch (type)
        {
            case DType.Int8: return MemoryMarshal.AsBytes<sbyte>([.. range.Select(Rounded)]).ToArray();
            case DType.UInt8: return [.. range.Select(i => (byte)Whole(i))];
            case DType.Int16: return MemoryMarshal.AsBytes<short>([.. range.Select(i => (short)Whole(i))]).ToArray();
            default:
                var packed = new byte[type.ByteCount(values.Length)];
                PackedIntegers.Pack([.. range.Select(Rounded)], type.Bits(), packed);
                return packed;
        }
    }
}
