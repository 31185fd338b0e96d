using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>The panels of a product with <paramref name="Groups"/> right matrices of as many columns each; every group begins a new panel.</summary>
internal readonly record struct PanelLayout(int Width, int Groups, int Columns)
{
    public int PanelsPerGroup { get; } = (Columns + Width - 1) / Width;

    /// <summary>Panels of a group that columns fill.</summary>
    public int WholePanels { get; } = Columns / Width;

    /// <summary>One value for each column of all groups, as whole panels in <see cref="PanelOrder"/>; absent columns become <paramref name="fill"/>.</summary>
    public T[] Arrange<T>(ReadOnlySpan<T> values, T fill)
    {
        var panels = new List<T>(Groups * PanelsPerGroup * Width);
        for (int g = 0; g < Groups; g++) panels.AddRange(PanelOrder.Arrange(values.Slice(g * Columns, Columns), Width, fill));
        return [.. panels];
    }
}

/// <summary>Where the results of one panel go: columns of rows that are <see cref="Stride"/> elements apart.</summary>
internal readonly ref struct PanelTarget<T>
{
    public readonly Span<T> Output;
    public readonly int Stride, Rows, Columns;

    /// <param name="output">Begins at the first row and column.</param>
    /// <param name="stride">Elements from row to row.</param>
    /// <param name="rows">Rows of the panel.</param>
    /// <param name="columns">Columns that are wanted, at most a panel's width.</param>
    public PanelTarget(Span<T> output, int stride, int rows, int columns)
    {
        if (rows > 0) ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(rows - 1) * stride + columns, output.Length);
        Output = output;
        (Stride, Rows, Columns) = (stride, rows, columns);
    }
}

/// <summary>Work on panels, generic over their vectors.</summary>
internal interface IPanelAction
{
    public void Invoke<L, F, I, S>()
        where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>;

    /// <summary>For panels that are no vectors: column by column.</summary>
    public void InvokeScalar();
}

/// <summary>Runs an action with the vectors that a panel of some width consists of.</summary>
internal static class PanelWidth
{
    public static void Dispatch<TAction>(int width, ref TAction action) where TAction : struct, IPanelAction, allows ref struct
    {
        if (width == 2 * V512<int>.Count) action.Invoke<Lanes512, V512<float>, V512<int>, V512<short>>();
        else if (width == 2 * V256<int>.Count) action.Invoke<Lanes256, V256<float>, V256<int>, V256<short>>();
        else if (width == 2 * V128<int>.Count) action.Invoke<Lanes128, V128<float>, V128<int>, V128<short>>();
        else action.InvokeScalar();
    }
}
