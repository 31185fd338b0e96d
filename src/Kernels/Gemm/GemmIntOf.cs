using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>Integer products by <typeparamref name="TDot"/>, with right factors stored as <typeparamref name="TRight"/>.</summary>
internal sealed class GemmInt<I, TDot, TRight> : GemmInt
    where I : unmanaged, ISimd<I, int>
    where TDot : struct, IDot<I>
    where TRight : unmanaged, IBinaryInteger<TRight>
{
    /// <summary>Bytes of a panel that stay in the first-level cache while the rows of a block pass.</summary>
    private const int ChunkBytes = 16384;

    public override string Name => TDot.Name;

    public override bool IsSupported => TDot.IsSupported;

    public override int PanelWidth => 2 * I.Count;

    public override LeftFactors Left => TDot.Left;

    protected override int WordBytes => TDot.WordBytes;

    public override void Pack<T>(ReadOnlySpan<T> source, int zeroPoint, int strideK, int strideN, int k, int columns, Span<byte> packed)
    {
        int panelBytes = (int)PanelBytes(k);
        for (int panel = 0, first = 0; first < columns; panel++, first += PanelWidth)
        {
            var target = packed.Slice(panel * panelBytes, panelBytes);
            target.Clear();
            var header = Header(target);
            var factors = MemoryMarshal.Cast<byte, TRight>(target[(header.Length * sizeof(int))..]);
            for (int position = 0; position < PanelWidth; position++)
            {
                int column = first + PanelOrder.Column(position, PanelWidth);
                if (column >= columns) continue;
                int sum = PackColumn(source[(column * strideN)..], zeroPoint, strideK, k, factors[(position * Group)..]);
                if (!header.IsEmpty) header[position] = sum;
            }
        }
    }

    // Packing runs but once, when no code is warm yet.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int PackColumn<T>(ReadOnlySpan<T> source, int zeroPoint, int strideK, int k, Span<TRight> factors) where T : unmanaged, IBinaryInteger<T>
    {
        int sum = 0, group = Group, step = PanelWidth * group;
        for (int i = 0, at = 0; i < k; i += group, at += step)
        {
            for (int j = 0; j < group && i + j < k; j++)
            {
                int value = int.CreateTruncating(source[(i + j) * strideK]) - zeroPoint;
                factors[at + j] = TRight.CreateChecked(value);
                sum += value;
            }
        }
        return sum;
    }

    protected override void Rows(ReadOnlySpan<byte> left, int strideWords, int rows, int words, ReadOnlySpan<byte> right, ReadOnlySpan<int> start, Span<int> sums)
    {
        // One tile of rows reads the panel once: then nothing is gained by keeping a part of it near.
        int chunk = rows <= IntTile.RowsMax ? words : Math.Max(1, ChunkBytes / (PanelWidth * TDot.WordBytes));
        Chunk(left, strideWords, rows, Math.Min(chunk, words), right, start, 0, sums);
        for (int word = chunk; word < words; word += chunk)
        {
            Chunk(left[(word * sizeof(int))..], strideWords, rows, Math.Min(chunk, words - word), right[(word * PanelWidth * TDot.WordBytes)..], sums, PanelWidth, sums);
        }
    }

    // In bounds: Run checked all lengths; tiles cover rows and no more.
    private static void Chunk(ReadOnlySpan<byte> left, int strideWords, int rows, int words, ReadOnlySpan<byte> right, ReadOnlySpan<int> first, int strideFirst, Span<int> sums)
    {
        int tiles = (rows + IntTile.RowsMax - 1) / IntTile.RowsMax, least = rows / tiles, taller = rows - tiles * least;
        ref int a = ref Unsafe.As<byte, int>(ref MemoryMarshal.GetReference(left));
        ref byte b = ref MemoryMarshal.GetReference(right);
        ref int from = ref MemoryMarshal.GetReference(first), to = ref MemoryMarshal.GetReference(sums);
        for (int tile = 0; tile < tiles; tile++)
        {
            int height = tile < taller ? least + 1 : least;
            Tile(height, ref a, strideWords, ref b, words, ref from, (nuint)strideFirst, ref to);
            a = ref Unsafe.Add(ref a, (nint)height * strideWords);
            from = ref Unsafe.Add(ref from, height * strideFirst);
            to = ref Unsafe.Add(ref to, height * 2 * I.Count);
        }
    }

    private static void Tile(int rows, ref int left, nint strideLeft, ref byte right, int words, ref int first, nuint strideFirst, ref int sums)
    {
        switch (rows)
        {
            case 1: IntTile.Run<I, TDot, N1>(ref left, strideLeft, ref right, words, ref first, strideFirst, ref sums); break;
            case 2: IntTile.Run<I, TDot, N2>(ref left, strideLeft, ref right, words, ref first, strideFirst, ref sums); break;
            case 3: IntTile.Run<I, TDot, N3>(ref left, strideLeft, ref right, words, ref first, strideFirst, ref sums); break;
            case 4: IntTile.Run<I, TDot, N4>(ref left, strideLeft, ref right, words, ref first, strideFirst, ref sums); break;
            case 5: IntTile.Run<I, TDot, N5>(ref left, strideLeft, ref right, words, ref first, strideFirst, ref sums); break;
            default: IntTile.Run<I, TDot, N6>(ref left, strideLeft, ref right, words, ref first, strideFirst, ref sums); break;
        }
    }
}
