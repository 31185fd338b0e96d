using Graft.Kernels.Gemm;

namespace Graft.Ops.Matrix;

/// <summary>
/// How a float product is cut into units: blocks of rows, times matrices, times groups of panels that fit the second-level cache. There are
/// enough units to share among many workers, as long as each is worth handing out. It depends on sizes alone, never on the number of threads.
/// </summary>
internal readonly record struct FloatTiling
{
    private const int CachedFloats = 64 * 1024;
    private const int UnitsWanted = 16;
    private const long UnitProductsMin = 128 * 1024;

    private readonly int _panels;
    private readonly int _groups;
    private readonly int _matrices;

    public FloatTiling(int blocks, int rows, int matrices, int k, int columns)
    {
        _panels = FloatPanels.Count(columns);
        _matrices = matrices;
        long panelFloats = Math.Max(1, (long)k * FloatPanels.Width), products = rows * panelFloats;
        long perGroup = Math.Clamp(CachedFloats / panelFloats, 1, Math.Max(_panels, 1));
        long shares = Math.Max(1, UnitsWanted / Math.Max(1, (long)blocks * matrices));
        perGroup = Math.Min(perGroup, Math.Max((_panels + shares - 1) / shares, UnitProductsMin / Math.Max(1, products)));
        int together = FloatWideTile.Panels(rows);
        PanelsPerGroup = (int)(Math.Max(perGroup, 1) + together - 1) / together * together;
        _groups = (_panels + PanelsPerGroup - 1) / PanelsPerGroup;
        Units = checked(blocks * matrices * _groups);
        UnitCost = products * Math.Min(PanelsPerGroup, _panels) / 8;
    }

    /// <summary>Panels of one unit.</summary>
    public int PanelsPerGroup { get; }

    public int Units { get; }

    public long UnitCost { get; }

    public Unit this[int unit]
    {
        get
        {
            int group = unit % _groups, panel = group * PanelsPerGroup;
            return new(unit / (_groups * _matrices), unit / _groups % _matrices, panel, Math.Min(panel + PanelsPerGroup, _panels));
        }
    }

    internal readonly record struct Unit(int Block, int Matrix, int PanelBegin, int PanelEnd);
}
