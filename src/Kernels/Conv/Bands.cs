using System.Numerics;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>Writes a copy of a part of an image with zeros around it, run by run in ascending order. Positions and counts are in elements.</summary>
internal interface IBand
{
    void Zeros(int at, int count);

    /// <summary>Elements of the image from <paramref name="from"/> on.</summary>
    void Values(int from, int count, int at);
}

/// <summary>The floats themselves.</summary>
internal readonly ref struct FloatBand(ReadOnlySpan<float> input, Span<float> band) : IBand
{
    private readonly ReadOnlySpan<float> _input = input;
    private readonly Span<float> _band = band;

    public void Zeros(int at, int count) => _band.Slice(at, count).Clear();

    public void Values(int from, int count, int at) => _input.Slice(from, count).CopyTo(_band[at..]);
}

/// <summary>The left factors of an integer product; the band has <see cref="LeftRow.Slack"/> bytes more than its elements.</summary>
internal readonly ref struct FactorBand<TIn>(LeftFactors kind, ReadOnlySpan<TIn> input, TIn zeroPoint, Span<byte> band) : IBand
    where TIn : unmanaged, IBinaryInteger<TIn>
{
    private readonly ReadOnlySpan<TIn> _input = input;
    private readonly Span<byte> _band = band;
    private readonly int _bytes = LeftRow.FactorBytes(kind);

    public void Zeros(int at, int count) => LeftRow.Pad(kind, count, zeroPoint, _band[(at * _bytes)..]);

    public void Values(int from, int count, int at) => LeftRow.Convert(kind, _input, from, count, zeroPoint, _band[(at * _bytes)..]);
}
