namespace Graft.Kernels.Gemm;

/// <summary>
/// The order of the columns of a panel of two vectors: blocks of eight columns are split between the vectors, four to each, so that pairing
/// and narrowing within blocks of 128 bits, as x86 does, leaves columns in natural order. With less than eight columns the order is natural.
/// </summary>
internal static class PanelOrder
{
    /// <summary>Columns of a block.</summary>
    public const int Block = 8;

    /// <summary>The column at a position of a panel of <paramref name="width"/> columns.</summary>
    public static int Column(int position, int width)
    {
        if (width < Block) return position;
        int vector = position / (width / 2), lane = position % (width / 2);
        return lane / 4 * Block + vector * 4 + lane % 4;
    }

    /// <summary>
    /// Values of columns, which begin at <paramref name="values"/>, as whole panels in their order; absent columns become
    /// <paramref name="fill"/>.
    /// </summary>
    public static T[] Arrange<T>(ReadOnlySpan<T> values, int width, T fill)
    {
        var panels = new T[(values.Length + width - 1) / width * width];
        for (int i = 0; i < panels.Length; i++)
        {
            int column = i / width * width + Column(i % width, width);
            panels[i] = column < values.Length ? values[column] : fill;
        }
        return panels;
    }
}
