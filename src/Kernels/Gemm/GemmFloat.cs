using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Float matrix product C = clamp(A * B + bias + addend) with B packed by <see cref="FloatPanels"/>. Each output sums over k in ascending
/// order, so that its bits depend on neither the number of rows nor on which thread computes it. <see cref="Fused"/> sums begin with the
/// bias and round once per term where the CPU has FMA; <see cref="Separate"/> ones round product and sum and end with the bias, and so have
/// the bits of a plain loop. Error bound: gamma_K of the exact sum.
/// </summary>
internal static class GemmFloat
{
    /// <summary>
    /// Sums of so few terms are always <see cref="Separate"/>: where they cancel, the roundings are all that is left, and their time is spent elsewhere.
    /// </summary>
    public const int FewTerms = 12;

    /// <summary>
    /// Rows of the tallest tile of two vectors: its accumulators, two vectors of the right matrix and one factor fill the registers. Tiles of one vector have
    /// twice as many.
    /// </summary>
    public static int TileRows => Isa.VectorRegisters >= 32 ? 12 : 6;

    /// <summary>What multiplies here.</summary>
    public static string Name => Isa.HasFma ? $"gemm-f32-fma{(int)Isa.Current}" : $"gemm-f32-{(int)Isa.Current}";

    /// <summary>Computes all rows of the left matrix for panels [panelBegin, panelEnd).</summary>
    public static void Run(in FloatProduct p, int panelBegin, int panelEnd, bool separate)
    {
        if (separate || p.Left.K <= FewTerms) Run<Separate>(p, panelBegin, panelEnd);
        else Run<Fused>(p, panelBegin, panelEnd);
    }

    private static void Run<TSum>(in FloatProduct p, int panelBegin, int panelEnd) where TSum : struct, IMulAdd
    {
        if (FloatWideTile.Panels(p.Left.Count) == 1 && FloatCodePanels.Takes(p) && FloatTileCode.For(TSum.BeginsWithBias, FloatPanels.Lanes) is { } code)
        {
            FloatCodePanels.Run(code, p, panelBegin, panelEnd);
            return;
        }
        if (Isa.Current == VectorWidth.V512) Panels<Vector512<float>, Floats512, TSum>(p, panelBegin, panelEnd, TileRows);
        else if (Isa.Current == VectorWidth.V256) Panels<Vector256<float>, Floats256, TSum>(p, panelBegin, panelEnd, TileRows);
        else if (Isa.Current == VectorWidth.V128) Panels<Vector128<float>, Floats128, TSum>(p, panelBegin, panelEnd, TileRows);
        else Panels<float, Floats1, TSum>(p, panelBegin, panelEnd, TileRows);
    }

    /// <summary>One width, and the height of the tallest tile, chosen by the caller.</summary>
    // In bounds: FloatProduct checked all lengths. What is read of the buffers was written before.
    [SkipLocalsInit]
    internal static void Panels<V, O, TSum>(in FloatProduct p, int begin, int end, int tileRows)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        Span<float> bias = stackalloc float[FloatWideTile.PanelsMax * FloatPanels.WidthMax];
        Span<float> edge = stackalloc float[2 * FloatTile.RowsMax * FloatPanels.WidthMax];
        bias.Clear();
        var t = new FloatTileArguments
        {
            A = ref MemoryMarshal.GetReference(p.Left.Values),
            Segments = ref MemoryMarshal.GetReference(p.Left.Segments),
            SegmentCount = p.Left.Segments.Length,
            Parts = p.Left.Segments.Length + (p.Rank > 0 ? 1 : 0),
            SegmentLength = p.Left.SegmentLength,
            SecondA = ref MemoryMarshal.GetReference(p.Shrunk),
            SecondLength = p.Rank,
            Bias = ref MemoryMarshal.GetReference(bias),
            Min = p.Min,
            Max = p.Max,
        };
        int width = 2 * O.Count, wide = FloatWideTile.Panels(p.Left.Count);
        for (int panel = begin; panel < end;)
        {
            int column = panel * width, columns = Math.Min(width, p.Columns - column);
            bool isPacked = p.StrideRight == 0;
            t.B = ref MemoryMarshal.GetReference(p.Right[(isPacked ? column * p.Left.K : column)..]);
            t.StrideB = !isPacked ? p.StrideRight : columns > O.Count ? width : O.Count;
            if (p.Rank > 0) t.SecondB = ref MemoryMarshal.GetReference(p.Expand[(column * p.Rank)..]);
            bool several = wide > 1 && panel + wide <= end && column + wide * width <= p.Columns;
            if (several) columns = wide * width;
            if (!p.Bias.IsEmpty) p.Bias.Slice(column, columns).CopyTo(bias);
            if (several) FewRows<V, O, TSum>(p, ref t, column);
            else if (FloatCodePanels.Takes(p) && FloatTileCode.For(TSum.BeginsWithBias, O.Count) is { } code) FloatCodePanels.Run(code, p, panel, panel + 1);
            else if (columns > O.Count) Rows<V, O, TSum, N2>(p, ref t, column, columns, tileRows, edge);
            else Rows<V, O, TSum, N1>(p, ref t, column, columns, Math.Min(2 * tileRows, FloatTile.RowsMax), edge);
            panel += several ? wide : 1;
        }
    }

    private static void FewRows<V, O, TSum>(in FloatProduct p, scoped ref FloatTileArguments t, int column)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        Begin(p, ref t, 0, p.Left.Count);
        Place(p, ref t, 0, column);
        nint panelStep = p.StrideRight == 0 ? (nint)p.Left.K * t.StrideB : 2 * O.Count;
        if (p.Left.Count == 1) FloatWideTile.Run<V, O, TSum, N1>(t, panelStep);
        else if (p.Left.Count == 2) FloatWideTile.Run<V, O, TSum, N2>(t, panelStep);
        else FloatWideTile.Run<V, O, TSum, N3>(t, panelStep);
    }

    /// <summary>All rows of one panel.</summary>
    private static void Rows<V, O, TSum, TVectors>(in FloatProduct p, scoped ref FloatTileArguments t, int column, int columns, int tileRows, Span<float> edge)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TVectors : struct, ICount
    {
        var tiles = new EvenTiles(p.Left.Count, tileRows);
        bool whole = columns == TVectors.Value * O.Count;
        for (int tile = 0, row = 0; tile < tiles.Count; tile++)
        {
            int rows = tiles.Height(tile);
            Begin(p, ref t, row, rows);
            if (whole) Place(p, ref t, row, column);
            else PlaceOnEdge(p, ref t, row, rows, column, columns, edge);
            Tile<V, O, TSum, TVectors>(t, rows);
            for (int r = 0; !whole && r < rows; r++) edge.Slice(r * FloatPanels.WidthMax, columns).CopyTo(p.C[((row + r) * p.StrideC + column)..]);
            row += rows;
        }
    }

    private static void Begin(in FloatProduct p, scoped ref FloatTileArguments t, int row, int rows)
    {
        for (int r = 0; r < rows; r++) t.Starts[r] = p.Left.Start(row + r);
        for (int r = 0; p.Rank > 0 && r < rows; r++) t.SecondStarts[r] = (row + r) * p.Rank;
    }

    private static void Place(in FloatProduct p, scoped ref FloatTileArguments t, int row, int column)
    {
        t.C = ref p.C[row * p.StrideC + column];
        t.StrideC = p.StrideC;
        if (p.Addend.IsEmpty) return;
        t.Addend = ref MemoryMarshal.GetReference(p.Addend[(row * p.StrideAddend + column)..]);
        t.StrideAddend = p.StrideAddend;
    }

    /// <summary>A tile that would leave the rows of C works on a buffer.</summary>
    private static void PlaceOnEdge(in FloatProduct p, scoped ref FloatTileArguments t, int row, int rows, int column, int columns, Span<float> edge)
    {
        t.C = ref MemoryMarshal.GetReference(edge);
        t.StrideC = FloatPanels.WidthMax;
        if (p.Addend.IsEmpty) return;
        var addend = edge[(FloatTile.RowsMax * FloatPanels.WidthMax)..];
        for (int r = 0; r < rows; r++) p.Addend.Slice((row + r) * p.StrideAddend + column, columns).CopyTo(addend[(r * FloatPanels.WidthMax)..]);
        t.Addend = ref MemoryMarshal.GetReference(addend);
        t.StrideAddend = FloatPanels.WidthMax;
    }

    internal static void Tile<V, O, TSum, TVectors>(in FloatTileArguments t, int rows)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TVectors : struct, ICount
    {
        switch (rows)
        {
            case 1: FloatTile.Run<V, O, TSum, N1, TVectors>(t); break;
            case 2: FloatTile.Run<V, O, TSum, N2, TVectors>(t); break;
            case 3: FloatTile.Run<V, O, TSum, N3, TVectors>(t); break;
            case 4: FloatTile.Run<V, O, TSum, N4, TVectors>(t); break;
            case 5: FloatTile.Run<V, O, TSum, N5, TVectors>(t); break;
            case 6: FloatTile.Run<V, O, TSum, N6, TVectors>(t); break;
            case 7: FloatTile.Run<V, O, TSum, N7, TVectors>(t); break;
            case 8: FloatTile.Run<V, O, TSum, N8, TVectors>(t); break;
            case 9: FloatTile.Run<V, O, TSum, N9, TVectors>(t); break;
            case 10: FloatTile.Run<V, O, TSum, N10, TVectors>(t); break;
            case 11: FloatTile.Run<V, O, TSum, N11, TVectors>(t); break;
            default: FloatTile.Run<V, O, TSum, N12, TVectors>(t); break;
        }
    }
}
