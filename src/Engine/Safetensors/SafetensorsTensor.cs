using System.Collections.Immutable;

namespace Graft.Safetensors;

/// <summary>A named array of a safetensors file: little-endian elements in row-major order.</summary>
internal sealed record SafetensorsTensor(string Name, SafetensorsDType Type, ImmutableArray<long> Shape,
    ReadOnlyMemory<byte> Data)
{
    public ReadOnlySpan<byte> Bytes => Data.Span;

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
}
