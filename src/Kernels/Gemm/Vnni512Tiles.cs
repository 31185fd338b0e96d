using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Tiles by the 512-bit form of VPDPBUSD, for which the runtime has no intrinsic: machine code, see <see cref="Vnni512Code"/>. Where that is not to be
/// had, compiled tiles give the same sums.
/// </summary>
internal readonly struct Vnni512Tiles : IIntTiles
{
    public static bool IsSupported => Vnni512Code.Instance is not null;

    public static int RowsMax => Vnni512Code.RowsMax;

    public static void Run(in LeftRows<byte> left, int row, int rows, int tiles, ref IntTileArguments t)
    {
        if (tiles == 0) return;
        if (Vnni512Code.Instance is not { } code) CompiledTiles<V512<int>, Vnni512Dot>.Run(left, row, 1, rows * tiles, ref t);
        else if (left.Starts.IsEmpty) Run(code.Tiles(rows), left, row, rows, tiles, ref t, 0);
        else for (int tile = 0; tile < tiles; tile++) Run(code.Tiles(rows), left, row + tile * rows, rows, 1, ref t, 0);
    }

    public static void RunWide(in LeftRows<byte> row, ref IntTileArguments t, nint panelBytes)
    {
        if (Vnni512Code.Instance is not { } code)
        {
            CompiledTiles<V512<int>, Vnni512Dot>.RunWide(row, ref t, panelBytes);
            return;
        }
        Run(code.WideTile, row, 0, 1, 1, ref t, panelBytes);
        t.Next(IntWideTile.Panels - 1, 2 * V512<int>.Count);
    }

    // In bounds: as the compiled tiles, to which it is equal. The collector waits for the end of a call without a transition.
    private static unsafe void Run(nint code, in LeftRows<byte> left, int row, int rows, int tiles, ref IntTileArguments t, nint panelBytes)
    {
        fixed (byte* factors = &t.Left, right = &t.Right)
        fixed (int* segments = &t.Segments, first = &t.First, sums = &t.Sums)
        {
            var a = new Vnni512Arguments
            {
                Tiles = tiles,
                TileBytes = (long)rows * left.Stride,
                Segments = segments,
                SegmentCount = t.SegmentCount,
                SegmentBytes = t.SegmentBytes,
                Right = right,
                PanelBytes = panelBytes,
                First = first,
                FirstBytes = (long)t.StrideFirst * sizeof(int),
                Sums = sums,
            };
            for (int r = 0; r < rows; r++) a.Rows[r] = (long)(factors + left.Start(row + r));
            ((delegate* unmanaged[SuppressGCTransition]<Vnni512Arguments*, void>)code)(&a);
        }
        t.Next(rows * tiles, 2 * V512<int>.Count);
    }
}
