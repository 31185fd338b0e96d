using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Graft.Safetensors;

/// <summary>A named array of a safetensors file: little-endian elements in row-major order, in memory or still in the file.</summary>
internal sealed class SafetensorsTensor
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly SafeFileHandle? _file;
    private readonly long _offset;

    public SafetensorsTensor(string name, SafetensorsDType type, ImmutableArray<long> shape, ReadOnlyMemory<byte> data)
    {
        (Name, Type, Shape, ByteCount) = (name, type, shape, data.Length);
        _memory = data;
    }

    /// <param name="name">The name.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="file">The open file.</param>
    /// <param name="offset">Where the elements begin in it.</param>
    /// <param name="byteCount">How many bytes they take.</param>
    public SafetensorsTensor(string name, SafetensorsDType type, ImmutableArray<long> shape, SafeFileHandle file, long offset, long byteCount)
    {
        (Name, Type, Shape, ByteCount) = (name, type, shape, byteCount);
        (_file, _offset) = (file, offset);
    }

    public string Name { get; }

    public SafetensorsDType Type { get; }

    public ImmutableArray<long> Shape { get; }

    public long ByteCount { get; }

    /// <summary>The elements; those of a tensor in a file are read with each call.</summary>
    /// <exception cref="SafetensorsException">The file has become shorter, or the tensor exceeds what an array can hold.</exception>
    public ReadOnlyMemory<byte> Data
    {
        get
        {
            if (_file is null) return _memory;
            if (ByteCount > Array.MaxLength) throw new SafetensorsException($"tensor {this}: {ByteCount} bytes exceed the limit of {Array.MaxLength}");
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)ByteCount);
            CopyTo(bytes);
            return bytes;
        }
    }

    public ReadOnlySpan<byte> Bytes => Data.Span;

    /// <summary>Copies the elements, reading them from the file if they are there.</summary>
    /// <param name="destination">As many bytes as the tensor has.</param>
    /// <exception cref="SafetensorsException">The file has become shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, ByteCount);
        if (_file is null) _memory.Span.CopyTo(destination);
        else Read(_file, _offset, destination);
    }

    /// <summary>The dimensions as a <see cref="Graft.Shape"/>.</summary>
    /// <exception cref="SafetensorsException">A dimension exceeds 2^31 - 1.</exception>
    public Shape ToShape()
    {
        var dimensions = new int[Shape.Length];
        for (int i = 0; i < dimensions.Length; i++)
        {
            if (Shape[i] > int.MaxValue)
                throw new SafetensorsException($"tensor \"{Name}\": dimension {Shape[i]} exceeds 2^31 - 1");
            dimensions[i] = (int)Shape[i];
        }
        return new Shape(dimensions);
    }

    public override string ToString() => $"\"{Name}\" {Type.Name()}[{string.Join(",", Shape)}]";

    /// <summary>Reads bytes of a file.</summary>
    /// <exception cref="SafetensorsException">It ends before them.</exception>
    internal static void Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(file, destination, offset);
            if (count == 0) throw new SafetensorsException($"the file ends at byte {offset}, {destination.Length} bytes too early: it was changed while it was read");
            destination = destination[count..];
            offset += count;
        }
    }
}
