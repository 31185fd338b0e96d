using System.Runtime.CompilerServices;
using Graft.Kernels.MachineCode;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Tiles by the 512-bit form of VPDPBUSD, for which the runtime has no intrinsic: machine code, see <see cref="Vnni512Code"/>. Where that is not to be
/// had, compiled tiles give the same sums.
/// </summary>
internal readonly struct Vnni512Tiles : IIntTiles
{
    public static bool IsSupported => Vnni512Dot.IsSupported && Vnni512Code.Instance is not null;

    public static int RowsMax => Vnni512Code.RowsMax;

    public static void Run(int rows, in IntTileArguments t)
    {
        if (Vnni512Code.Instance is { } code) Run(code.Tile(rows), rows, t, 0);
        else for (int r = 0; r < rows; r++) CompiledTiles<V512<int>, Vnni512Dot>.Run(1, Row(t, r));
    }

    public static void RunWide(in IntTileArguments t, nint panelBytes)
    {
        if (Vnni512Code.Instance is { } code) Run(code.WideTile, 1, t, panelBytes);
        else CompiledTiles<V512<int>, Vnni512Dot>.RunWide(t, panelBytes);
    }

    // In bounds: as the compiled tile, to which it is equal. The collector waits for the end of a call without a transition.
    private static unsafe void Run(nint code, int rows, in IntTileArguments t, nint panelBytes)
    {
        fixed (byte* left = &t.Left, right = &t.Right)
        fixed (int* segments = &t.Segments, first = &t.First, sums = &t.Sums)
        {
            var a = new Vnni512Arguments
            {
                Segments = segments,
                SegmentCount = t.SegmentCount,
                SegmentBytes = t.SegmentBytes,
                Right = right,
                PanelBytes = panelBytes,
                First = first,
                FirstBytes = (long)t.StrideFirst * sizeof(int),
                Sums = sums,
            };
            for (int r = 0; r < rows; r++) a.Rows[r] = (long)(left + t.Starts.At(r));
            ((delegate* unmanaged[SuppressGCTransition]<Vnni512Arguments*, void>)code)(&a);
        }
    }

    private static IntTileArguments Row(IntTileArguments t, int row)
    {
        t.Starts[0] = t.Starts[row];
        t.First = ref Unsafe.Add(ref t.First, row * (nint)t.StrideFirst);
        t.Sums = ref Unsafe.Add(ref t.Sums, row * 2 * V512<int>.Count);
        return t;
    }
}
