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

    public static int Width => 2 * Lanes;

    private static int Lanes => Isa.Current == VectorWidth.Scalar ? 1 : (int)Isa.Current / 32;

    public static int Count(int columns) => (columns + Width - 1) / Width;

    /// <summary>Floats that the packed form of a K x N matrix takes.</summary>
    public static long Length(int k, int columns) => (long)(columns + Lanes - 1) / Lanes * Lanes * k;

    /// <summary>Packs B, whose element (k, n) is at <c>source[k * strideK + n * strideN]</c>.</summary>
    public static void Pack(ReadOnlySpan<float> source, int strideK, int strideN, int k, int columns, Span<float> packed)
    {
        int at = 0;
        packed[..(int)Length(k, columns)].Clear();
        for (int first = 0; first < columns; first += Width)
        {
            int count = Math.Min(Width, columns - first), width = count > Lanes ? Width : Lanes;
            for (int i = 0; i < k; i++, at += width)
            {
                for (int n = 0; n < count; n++) packed[at + n] = source[i * strideK + (first + n) * strideN];
            }
        }
    }
}
