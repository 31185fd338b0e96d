using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Ops.Matrix;

/// <summary>The left matrix of an integer layer, cut into blocks of rows; a worker brings the factors of one block at a time into memory of its own.</summary>
internal abstract class IntBlocks<TIn> where TIn : unmanaged, IBinaryInteger<TIn>
{
    public abstract int Count { get; }

    /// <summary>Rows of the largest block.</summary>
    public abstract int Rows { get; }

    /// <summary>Rows of the packed weights.</summary>
    public abstract int K { get; }

    /// <summary>Bytes of the memory of a worker.</summary>
    public abstract long Bytes { get; }

    /// <summary>The first row of a block and how many it has, all of one image when there are bands.</summary>
    public abstract (int Row, int Count) Range(int block);

    /// <summary>True where the factors of all groups come at once.</summary>
    public abstract bool HoldsGroups { get; }

    /// <summary>Rows [first, first + count) of a block become factors.</summary>
    public abstract void Load(ReadOnlySpan<TIn> input, int block, int group, int first, int count, TIn zeroPoint, LeftFactors kind, Span<byte> factors);

    /// <summary>Rows [first, first + count) of the block that was loaded.</summary>
    public abstract LeftRows<byte> Get(ReadOnlySpan<byte> factors, int group, int first, int count);

    public static IntBlocks<TIn> Of(IntLayer layer, GemmInt kernel) =>
        layer.Window is { } window ? new BandRows<TIn>(window) : new GatheredRows<TIn>(layer.Geometry, kernel, layer.BlockRows);
}

/// <summary>Rows of a matrix, or of patches that are gathered factor by factor.</summary>
internal sealed class GatheredRows<TIn> : IntBlocks<TIn> where TIn : unmanaged, IBinaryInteger<TIn>
{
    private readonly ConvGeometry _geometry;
    private readonly int _stride;

    public GatheredRows(in ConvGeometry geometry, GemmInt kernel, int blockRows)
    {
        _geometry = geometry;
        _stride = kernel.RowBytes(geometry.K);
        Count = (geometry.Rows + blockRows - 1) / blockRows;
        // Blocks of one size, but for the last.
        Rows = Count == 0 ? 0 : (geometry.Rows + Count - 1) / Count;
    }

    public override int Count { get; }

    public override int Rows { get; }

    public override int K => _geometry.K;

    public override long Bytes => (long)Rows * _stride + LeftRow.Slack;

    public override bool HoldsGroups => false;

    public override (int Row, int Count) Range(int block) => (block * Rows, Math.Min(Rows, _geometry.Rows - block * Rows));

    public override void Load(ReadOnlySpan<TIn> input, int block, int group, int first, int count, TIn zeroPoint, LeftFactors kind, Span<byte> factors) =>
        LeftPatches.Gather(_geometry, input, group, block * Rows + first, count, zeroPoint, kind, factors[(first * _stride)..], _stride);

    public override LeftRows<byte> Get(ReadOnlySpan<byte> factors, int group, int first, int count) => new(factors[(first * _stride)..], _stride, count, _stride);
}

/// <summary>Rows whose factors lie in a band.</summary>
internal sealed class BandRows<TIn>(IntWindow window) : IntBlocks<TIn> where TIn : unmanaged, IBinaryInteger<TIn>
{
    public override int Count => window.Blocks.Count;

    public override int Rows => window.Blocks.Positions;

    public override int K => window.K;

    public override long Bytes => window.BandBytes;

    public override bool HoldsGroups => true;

    public override (int Row, int Count) Range(int block) => (window.Blocks[block].Row, window.Blocks[block].Count);

    public override void Load(ReadOnlySpan<TIn> input, int block, int group, int first, int count, TIn zeroPoint, LeftFactors kind, Span<byte> factors) =>
        window.Blocks.Copy(window.Blocks[block], new FactorBand<TIn>(kind, input, zeroPoint, factors));

    public override LeftRows<byte> Get(ReadOnlySpan<byte> factors, int group, int first, int count) => window.Rows(factors, group, first, count);
}
