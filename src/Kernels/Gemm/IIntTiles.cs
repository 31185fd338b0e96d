using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>The register tiles of integer products, wherever their code comes from. Bounds are the caller's.</summary>
internal interface IIntTiles
{
    public static abstract bool IsSupported { get; }

    /// <summary>Rows of the tallest tile.</summary>
    public static abstract int RowsMax { get; }

    /// <summary>
    /// Tiles of so many rows each, from <paramref name="row"/> of the left side on, by one panel; <paramref name="t"/> goes on to what is behind them.
    /// </summary>
    public static abstract void Run(in LeftRows<byte> left, int row, int rows, int tiles, ref IntTileArguments t);

    /// <summary>The only row by <see cref="IntWideTile.Panels"/> panels; see <see cref="IntWideTile.Run"/>.</summary>
    public static abstract void RunWide(in LeftRows<byte> row, ref IntTileArguments t, nint panelBytes);
}

/// <summary>Tiles that the runtime compiles.</summary>
internal readonly struct CompiledTiles<I, TDot> : IIntTiles
    where I : unmanaged, ISimd<I, int>
    where TDot : struct, IDot<I>
{
    public static bool IsSupported => TDot.IsSupported;

    public static int RowsMax => IntTile.RowsMax;

    public static void Run(in LeftRows<byte> left, int row, int rows, int tiles, ref IntTileArguments t)
    {
        for (int tile = 0; tile < tiles; tile++, row += rows)
        {
            for (int r = 0; r < rows; r++) t.Starts[r] = left.Start(row + r);
            Run(rows, t);
            t.Next(rows, 2 * I.Count);
        }
    }

    private static void Run(int rows, in IntTileArguments t)
    {
        switch (rows)
        {
            case 1: IntTile.Run<I, TDot, N1>(t); break;
            case 2: IntTile.Run<I, TDot, N2>(t); break;
            case 3: IntTile.Run<I, TDot, N3>(t); break;
            case 4: IntTile.Run<I, TDot, N4>(t); break;
            case 5: IntTile.Run<I, TDot, N5>(t); break;
            default: IntTile.Run<I, TDot, N6>(t); break;
        }
    }

    public static void RunWide(in LeftRows<byte> row, ref IntTileArguments t, nint panelBytes)
    {
        t.Starts[0] = row.Start(0);
        IntWideTile.Run<I, TDot>(t, panelBytes);
        t.Next(IntWideTile.Panels, 2 * I.Count);
    }
}
