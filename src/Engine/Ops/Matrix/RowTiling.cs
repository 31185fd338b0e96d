namespace Graft.Ops.Matrix;

/// <summary>
/// How the outputs of a matrix product are cut into units of work: blocks of rows times groups of panels times matrices. It depends on
/// the sizes alone, never on the number of threads.
/// </summary>
internal readonly record struct RowTiling
{
    /// <summary>Rows of a block: their patches, at K of a few hundred, stay in the first-level cache while panels pass.</summary>
    public const int BlockRows = 32;

    public RowTiling(int rows, int panels, int panelsPerGroup, int matrices, int blockRows = BlockRows)
    {
        Rows = rows;
        Panels = panels;
        PanelsPerGroup = Math.Max(1, Math.Min(panelsPerGroup, panels));
        Blocks = (rows + blockRows - 1) / blockRows;
        // Blocks of one size, but for the last.
        RowsPerBlock = Blocks == 0 ? blockRows : (rows + Blocks - 1) / Blocks;
        PanelGroups = (panels + PanelsPerGroup - 1) / PanelsPerGroup;
        Units = checked(matrices * Blocks * PanelGroups);
    }

    public int Rows { get; }
    public int Panels { get; }
    public int PanelsPerGroup { get; }
    public int Blocks { get; }
    public int RowsPerBlock { get; }
    public int PanelGroups { get; }
    public int Units { get; }

    /// <summary>One unit: rows and panels of one matrix.</summary>
    public Unit this[int unit]
    {
        get
        {
            int group = unit % PanelGroups, block = unit / PanelGroups % Blocks, matrix = unit / (PanelGroups * Blocks);
            int row = block * RowsPerBlock, panel = group * PanelsPerGroup;
            return new(matrix, row, Math.Min(RowsPerBlock, Rows - row), panel, Math.Min(panel + PanelsPerGroup, Panels));
        }
    }

    internal readonly record struct Unit(int Matrix, int Row, int Rows, int PanelBegin, int PanelEnd);
}
