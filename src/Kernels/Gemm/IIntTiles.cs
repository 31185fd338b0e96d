using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>The register tiles of integer products, wherever their code comes from. Bounds are the caller's.</summary>
internal interface IIntTiles
{
    public static abstract bool IsSupported { get; }

    /// <summary>Rows of the tallest tile.</summary>
    public static abstract int RowsMax { get; }

    /// <summary>Some rows by one panel.</summary>
    public static abstract void Run(int rows, in IntTileArguments t);

    /// <summary>One row by <see cref="IntWideTile.Panels"/> panels; see <see cref="IntWideTile.Run"/>.</summary>
    public static abstract void RunWide(in IntTileArguments t, nint panelBytes);
}

/// <summary>Tiles that the runtime compiles.</summary>
internal readonly struct CompiledTiles<I, TDot> : IIntTiles
    where I : unmanaged, ISimd<I, int>
    where TDot : struct, IDot<I>
{
    public static bool IsSupported => TDot.IsSupported;

    public static int RowsMax => IntTile.RowsMax;

    public static void Run(int rows, in IntTileArguments t)
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

    public static void RunWide(in IntTileArguments t, nint panelBytes) => IntWideTile.Run<I, TDot>(t, panelBytes);
}
