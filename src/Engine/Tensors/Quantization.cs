using System.Collections.Immutable;

namespace Graft;

/// <summary>
/// Affine quantisation: real = scale * (q - zero point). One scale and zero point for the whole tensor, one per slice along
/// <see cref="Axis"/>, or one per block of <see cref="BlockSize"/> elements along the last axis (TFLite quantisation specification).
/// </summary>
public sealed class Quantization
{
    internal Quantization(ImmutableArray<float> scales, ImmutableArray<long> zeroPoints, int axis, int blockSize = 0, int blockScales = -1)
    {
        Scales = scales;
        ZeroPoints = zeroPoints;
        Axis = axis;
        BlockSize = blockSize;
        BlockScales = blockScales;
    }

    /// <summary>One scale, or one per slice along <see cref="Axis"/>; empty for blockwise quantisation.</summary>
    public ImmutableArray<float> Scales { get; }

    /// <summary>As many as <see cref="Scales"/>.</summary>
    public ImmutableArray<long> ZeroPoints { get; }

    /// <summary>The axis that the scales belong to, when there are several.</summary>
    public int Axis { get; }

    /// <summary>Elements that share a scale in blockwise quantisation; otherwise 0.</summary>
    public int BlockSize { get; }

    /// <summary>Index of the tensor that holds the blocks' scales, or -1.</summary>
    internal int BlockScales { get; }

    public bool IsPerChannel => Scales.Length > 1;

    /// <summary>The first scale: that of the tensor when it is quantised per tensor.</summary>
    public float Scale => Scales.IsEmpty ? 0 : Scales[0];

    public int ZeroPoint => ZeroPoints.IsEmpty ? 0 : (int)ZeroPoints[0];

    internal bool SameAs(Quantization? other) => other is not null && Axis == other.Axis && BlockSize == other.BlockSize
        && Scales.AsSpan().SequenceEqual(other.Scales.AsSpan()) && ZeroPoints.AsSpan().SequenceEqual(other.ZeroPoints.AsSpan());

    public override string ToString() => BlockSize > 0 ? $"blocks of {BlockSize}"
        : IsPerChannel ? $"{Scales.Length} scales along axis {Axis}"
        : $"scale {Scale:R}, zero point {ZeroPoint}";
}
