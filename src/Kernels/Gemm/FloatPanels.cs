using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Move;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// The right matrix of a float product, packed into panels of two vectors of columns, laid out [panel][k][column]. The last panel is padded with
/// zeros, to one vector where its columns fit.
/// </summary>
internal static class FloatPanels
{
    /// <summary>Two of the widest vectors.</summary>
    public const int WidthMax = 32;

    /// <summary>Side of the squares that are transposed in registers.</summary>
    private const int Side = 4;

    /// <summary>Floats of a cache line.</summary>
    private const int LineFloats = 16;

    public static int Width => 2 * Lanes;

    /// <summary>Columns of one vector.</summary>
    public static int Lanes => Isa.Current == VectorWidth.Scalar ? 1 : (int)Isa.Current / 32;

    public static int Count(int columns) => (columns + Width - 1) / Width;

    /// <summary>Floats that the packed form of a K x N matrix takes.</summary>
    public static long Length(int k, int columns) => (long)(columns + Lanes - 1) / Lanes * Lanes * k;

    /// <summary>Packs B, whose element (k, n) is <c>scale * source[k * strideK + n * strideN]</c>.</summary>
    public static void Pack(ReadOnlySpan<float> source, int strideK, int strideN, int k, int columns, Span<float> packed, float scale = 1) =>
        Pack(source, strideK, strideN, k, columns, packed, Lanes, scale);

    /// <summary>The same for vectors of so many lanes.</summary>
    internal static void Pack(ReadOnlySpan<float> source, int strideK, int strideN, int k, int columns, Span<float> packed, int lanes, float scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((k - 1L) * strideK + (columns - 1L) * strideN + 1, source.Length);
        for (int first = 0; first < columns; first += 2 * lanes)
        {
            int count = Math.Min(2 * lanes, columns - first), width = count > lanes ? 2 * lanes : lanes;
            var panel = packed.Slice(first * k, width * k);
            if (count < width) panel.Clear();
            var columnsOfPanel = source[(first * strideN)..];
            if (strideN == 1) Rows(columnsOfPanel, strideK, k, count, width, panel);
            else Columns(columnsOfPanel, strideK, strideN, k, count, width, panel);
            if (scale != 1) Map.Apply(new Multiple(scale), panel, panel);
        }
    }

    // Packing runs but once, when no code is warm yet.
    [MethodImpl(Jit.Loop)]
    private static void Rows(ReadOnlySpan<float> source, int strideK, int k, int count, int width, Span<float> panel)
    {
        for (int i = 0; i < k; i++) source.Slice(i * strideK, count).CopyTo(panel[(i * width)..]);
    }

    [MethodImpl(Jit.Loop)]
    private static void Columns(ReadOnlySpan<float> source, int strideK, int strideN, int k, int count, int width, Span<float> panel)
    {
        int squareRows = 0, squareColumns = 0;
        if (strideK == 1 && Isa.Current != VectorWidth.Scalar)
        {
            (squareRows, squareColumns) = (k / Side * Side, count / Side * Side);
            Squares(source, strideN, squareRows, squareColumns, width, panel);
        }
        for (int i = 0; i < k; i++)
        {
            for (int n = i < squareRows ? squareColumns : 0; n < count; n++) panel[i * width + n] = source[i * strideK + n * strideN];
        }
    }

    // Columns that are powers of two apart share few places in the cache: what is read of one is used up before the next.
    private static void Squares(ReadOnlySpan<float> source, int strideN, int k, int count, int width, Span<float> panel)
    {
        for (int first = 0; first < k; first += LineFloats)
        {
            for (int n = 0; n < count; n += Side) FourColumns(source[(n * strideN)..], strideN, first, Math.Min(first + LineFloats, k), width, panel[n..]);
        }
    }

    // In bounds: whole squares of four columns, which Pack checked against the source; the panel has as many rows of width.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourColumns(ReadOnlySpan<float> source, int strideN, int begin, int end, int width, Span<float> panel)
    {
        for (int i = begin; i < end; i += Side)
        {
            ref float from = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), i);
            ref float to = ref Unsafe.Add(ref MemoryMarshal.GetReference(panel), i * width);
            TransposeTile.Run(ref from, strideN, ref to, width);
        }
    }
}
