namespace Graft.Kernels.Reduce;

/// <summary>
/// One axis of a windowed reduction. The input's elements lie <see cref="Spread"/> apart, with padding between them and <see cref="Before"/>
/// of it ahead (negative: cut off); the window at output o begins at o * <see cref="Stride"/> and its elements are <see cref="Dilation"/> apart.
/// </summary>
internal readonly record struct WindowAxis(int Input, int Output, int Window, int Stride, int Dilation, int Spread, int Before)
{
    /// <summary>An axis that is kept as it is.</summary>
    public static WindowAxis Whole(int length) => new(length, length, 1, 1, 1, 1, 0);

    /// <summary>The input that a window sees at a position; -1 where it sees padding.</summary>
    public int Source(int output, int position)
    {
        long at = ((long)output * Stride) + ((long)position * Dilation) - Before;
        if (at < 0 || at % Spread != 0) return -1;
        return at / Spread < Input ? (int)(at / Spread) : -1;
    }

    /// <summary>The outputs [first, end) whose windows see a run of neighbouring inputs at a position. For axes without strides.</summary>
    public (int First, int End) Run(int position)
    {
        long shift = Before - ((long)position * Dilation);
        int first = (int)Math.Clamp(shift, 0, Output);
        return (first, (int)Math.Clamp(shift + Input, first, Output));
    }
}
