using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Ops.Adapted;

/// <summary>Quantises real numbers: round(x / scale) + zero point, halves away from zero, within a range of integers.</summary>
internal readonly struct QuantizedRange(float scale, int zeroPoint, (int Min, int Max) range)
{
    private readonly Clamp<float> _clamp = new(scale * (range.Min - zeroPoint), scale * (range.Max - zeroPoint));

    /// <summary>The rows are clamped on the way.</summary>
    public void Quantize<T>(Span<float> rows, Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Map.Apply(_clamp, rows, rows);
        Affine.Quantize(rows, scale, zeroPoint, output);
    }
}
