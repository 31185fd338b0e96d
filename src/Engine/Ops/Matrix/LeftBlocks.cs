using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The left matrix of a float layer, cut into blocks of rows that stay in the second-level cache while panels of weights pass.</summary>
internal abstract class LeftBlocks
{
    private const int CachedFloats = 48 * 1024;
    private const int RowsMin = 24;

    /// <summary>Rows of a matrix are read where they lie: so many are worth more, as fewer passes over the panels, than their place in the cache.</summary>
    private const int MatrixRowsMin = 96;
    private const int RowsMax = 192;

    public abstract int Count { get; }

    /// <summary>Rows of the largest block.</summary>
    public abstract int Rows { get; }

    /// <summary>The first row of a block and how many it has.</summary>
    public abstract (int Row, int Count) Range(int block);

    /// <summary>
    /// Brings the factors of a block and a group where <see cref="Get"/> finds them; <paramref name="isNew"/> tells whether the block differs
    /// from the one that this worker loaded before.
    /// </summary>
    public abstract void Load(in RunContext c, int block, int group, int worker, bool isNew);

    public abstract LeftRows<float> Get(in RunContext c, int block, int group, int worker);

    public static LeftBlocks Of(in PrepareContext c, in ConvGeometry geometry)
    {
        if (geometry.IsPointwise) return new MatrixBlocks(c.In(0), geometry.Rows, geometry.K, RowsFor(geometry.K, MatrixRowsMin));
        int floats = geometry.StrideX * geometry.StrideY * geometry.InputChannels;
        var window = new WindowBlocks(geometry, RowsFor(floats));
        return window.IsCopied && window.IsSparse(CachedFloats) ? new PatchBlocks(c, geometry, RowsFor(geometry.K)) : new ImageBlocks(c, window, geometry.GroupChannels);
    }

    private static int RowsFor(long floats, int least = RowsMin)
    {
        int rows = (int)Math.Clamp(CachedFloats / Math.Max(floats, 1), least, RowsMax);
        return rows / GemmFloat.TileRows * GemmFloat.TileRows;
    }
}

/// <summary>Rows of a matrix.</summary>
internal sealed class MatrixBlocks(Operand input, int rows, int k, int blockRows) : LeftBlocks
{
    private readonly int _rows = Math.Min(rows, blockRows);

    public override int Count => _rows == 0 ? 0 : (rows + _rows - 1) / _rows;

    public override int Rows => _rows;

    public override (int Row, int Count) Range(int block) => (block * _rows, Math.Min(_rows, rows - block * _rows));

    public override void Load(in RunContext c, int block, int group, int worker, bool isNew)
    {
    }

    public override LeftRows<float> Get(in RunContext c, int block, int group, int worker)
    {
        var (row, count) = Range(block);
        return new(c.Read<float>(input)[(row * k)..], k, count, k);
    }
}

/// <summary>Rows whose factors lie in the image, or in a padded copy of a part of it.</summary>
internal sealed class ImageBlocks : LeftBlocks
{
    private readonly WindowBlocks _window;
    private readonly Operand _input;
    private readonly int _groupChannels;
    private readonly Scratch _band;

    public ImageBlocks(in PrepareContext c, WindowBlocks window, int groupChannels)
    {
        (_window, _input, _groupChannels) = (window, c.In(0), groupChannels);
        if (window.IsCopied) _band = c.ScratchPerWorker(window.BandLength * sizeof(float));
    }

    public override int Count => _window.Count;

    public override int Rows => _window.Positions;

    public override (int Row, int Count) Range(int block) => (_window[block].Row, _window[block].Count);

    public override void Load(in RunContext c, int block, int group, int worker, bool isNew)
    {
        if (_window.IsCopied && isNew) _window.Copy(_window[block], new FloatBand(c.Read<float>(_input), c.Scratch<float>(_band, worker)));
    }

    public override LeftRows<float> Get(in RunContext c, int block, int group, int worker)
    {
        var part = _window[block];
        ReadOnlySpan<float> values = _window.IsCopied ? c.Scratch<float>(_band, worker) : c.Read<float>(_input)[_window.Origin(part)..];
        return new(values[(group * _groupChannels)..], _window.Starts.AsSpan(0, part.Count), _window.Segments, _window.SegmentLength);
    }
}

/// <summary>Rows that are gathered factor by factor.</summary>
internal sealed class PatchBlocks : LeftBlocks
{
    private readonly ConvGeometry _geometry;
    private readonly Operand _input;
    private readonly Scratch _patches;

    public PatchBlocks(in PrepareContext c, in ConvGeometry geometry, int blockRows)
    {
        _geometry = geometry;
        _input = c.In(0);
        Rows = Math.Min(geometry.Rows, blockRows);
        _patches = c.ScratchPerWorker((long)Rows * geometry.K * sizeof(float));
    }

    public override int Count => Rows == 0 ? 0 : (_geometry.Rows + Rows - 1) / Rows;

    public override int Rows { get; }

    public override (int Row, int Count) Range(int block) => (block * Rows, Math.Min(Rows, _geometry.Rows - block * Rows));

    public override void Load(in RunContext c, int block, int group, int worker, bool isNew)
    {
        var (row, count) = Range(block);
        Patches.Gather(_geometry, c.Read<float>(_input), group, row, count, 0f, c.Scratch<float>(_patches, worker), _geometry.K);
    }

    public override LeftRows<float> Get(in RunContext c, int block, int group, int worker) =>
        new(c.Scratch<float>(_patches, worker), _geometry.K, Range(block).Count, _geometry.K);
}
