using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Schema;

namespace Graft.Loading;

/// <summary>Turns a tensor's table into a <see cref="TensorInfo"/>, checking type, shape, data size, quantisation and sparsity.</summary>
internal static class TensorReader
{
    public static TensorInfo Read(ModelView model, TensorView view, int index, string path, BufferWindows buffers)
    {
        if ((uint)view.Type >= (uint)DTypes.Count) throw Malformed(view, path, $"type {(int)view.Type} is unknown");
        var shape = ReadShape(view, path);
        var constant = view.ExternalBuffer != 0
            ? buffers.External(model, view.ExternalBuffer, $"{path}.external_buffer")
            : buffers.Buffer(model, view.Buffer, $"{path}.buffer");
        if (view.IsVariable && constant.IsPresent) throw Malformed(view, $"{path}.is_variable", "a variable has no data, this one has a buffer");
        var signature = view.ShapeSignature;
        var info = new TensorInfo
        {
            Name = view.Name,
            Type = (DType)view.Type,
            Shape = shape,
            ShapeSignature = signature.Length == shape.Rank ? [.. signature] : [],
            HasRank = view.HasRank || shape.Rank > 0,
            Quantization = QuantizationReader.Read(view, shape, path),
            Sparsity = SparsityReader.Read(view, shape, path),
            IsVariable = view.IsVariable,
            Constant = constant,
            BufferIndex = (int)view.Buffer,
            Origin = new Origin(index),
        };
        return CheckData(view, info, path);
    }

    private static Shape ReadShape(TensorView view, string path)
    {
        var dimensions = view.Shape.ToArray();
        // A shape with an open dimension is written as -1 by some tools; the signature is where it belongs.
        for (int i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] == -1 && view.ShapeSignature.Length == dimensions.Length && view.ShapeSignature[i] == -1) dimensions[i] = 1;
        }
        if (dimensions.Any(d => d < 0)) throw Malformed(view, $"{path}.shape", $"[{string.Join(",", dimensions)}] has a negative dimension");
        if (dimensions.Length > TensorInfo.RankMax) throw Malformed(view, $"{path}.shape", $"rank {dimensions.Length} exceeds the limit of {TensorInfo.RankMax}");
        try
        {
            return new Shape(dimensions);
        }
        catch (ArgumentException)
        {
            throw Malformed(view, $"{path}.shape", $"[{string.Join(",", dimensions)}] has too many elements");
        }
    }

    /// <summary>The tensor, its data cut to the size that its shape needs.</summary>
    private static TensorInfo CheckData(TensorView view, TensorInfo info, string path)
    {
        var data = info.Constant;
        if (!data.IsPresent) return info;
        if (data.ByteCount > int.MaxValue) throw Malformed(view, path, $"{info}: {data.ByteCount:N0} bytes of data exceed the limit of 2 GB for one tensor");
        if (info.Type == DType.String)
        {
            if (!StringBuffer.IsValid(data.Bytes, info.Shape.ElementCount, out string problem)) throw Malformed(view, path, problem);
            return info;
        }
        if (info.Sparsity is not null || info.Type == DType.Variant) return info;
        long needed = info.ByteCount;
        if (data.ByteCount < needed) throw Malformed(view, path, $"{info} needs {needed:N0} bytes of data, the buffer has {data.ByteCount:N0}");
        return needed == 0 ? info with { Constant = default } : info with { Constant = new(data.Address, needed, data.Owner) };
    }

    internal static ModelFormatException Malformed(TensorView view, string field, string reason) => new(field, view.Table.Position, reason);
}
