using System.Runtime.InteropServices;

namespace Graft;

/// <summary>The dimensions of a tensor, outermost first. Immutable; a scalar has rank 0.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly int[]? _dimensions;

    /// <summary>Copies the dimensions.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the element count exceeds 2^63 - 1.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        _dimensions = dimensions.ToArray();
        long count = 1;
        foreach (int d in dimensions)
        {
            if (d < 0) throw new ArgumentException($"dimension {d} of shape {this} is negative");
            if (d != 0 && count > long.MaxValue / d) throw new ArgumentException($"shape {this} has too many elements");
            count *= d;
        }
    }

    /// <summary>The shape of a single element: rank 0.</summary>
    public static Shape Scalar => default;

    public ReadOnlySpan<int> Dimensions => _dimensions;

    public int Rank => _dimensions?.Length ?? 0;

    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (int d in Dimensions) count *= d;
            return count;
        }
    }

    /// <summary>Dimension <paramref name="axis"/>, counted from 0, or from the end when it is <c>^n</c>.</summary>
    public int this[Index axis] => Dimensions[axis];

    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(MemoryMarshal.AsBytes(Dimensions));
        return hash.ToHashCode();
    }

    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    public override string ToString() => $"[{string.Join(",", _dimensions ?? [])}]";

    /// <summary>Product of the dimensions from <paramref name="start"/> to <paramref name="end"/>, exclusive.</summary>
    internal long Product(int start, int end)
    {
        long count = 1;
        for (int i = start; i < end; i++) count *= Dimensions[i];
        return count;
    }
}
