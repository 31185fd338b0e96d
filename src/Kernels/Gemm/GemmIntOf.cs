using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>Integer products by <typeparamref name="TDot"/> in <typeparamref name="TTiles"/>, with right factors stored as <typeparamref name="TRight"/>.</summary>
internal sealed class GemmInt<I, TDot, TTiles, TRight>() : GemmInt(TDot.Left, 2 * I.Count, TDot.WordBytes)
    where I : unmanaged, ISimd<I, int>
    where TDot : struct, IDot<I>
    where TTiles : struct, IIntTiles
    where TRight : unmanaged, IBinaryInteger<TRight>
{
    /// <summary>Bytes of a panel that stay in the first-level cache while the rows of a block pass.</summary>
    private const int ChunkBytes = 16384;

    public override string Name => TDot.Name;

    public override bool IsSupported => TTiles.IsSupported;

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

    // In bounds: Run checked all lengths; tiles cover rows and no more.
    protected override void Rows(in LeftRows<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<int> start, Span<int> sums)
    {
        Span<int> part = stackalloc int[1];
        scoped ReadOnlySpan<int> segments = part;
        var t = new IntTileArguments
        {
            Segments = ref MemoryMarshal.GetReference(segments),
            Left = ref MemoryMarshal.GetReference(left.Values),
            Right = ref MemoryMarshal.GetReference(right),
            First = ref MemoryMarshal.GetReference(start),
            Sums = ref MemoryMarshal.GetReference(sums),
        };
        // One tile of rows reads the panel once: then nothing is gained by keeping a part of it near.
        bool isOneTile = left.Count <= TTiles.RowsMax;
        int chunk = isOneTile ? int.MaxValue : Math.Max(1, ChunkBytes / (PanelWidth * TDot.WordBytes)) * sizeof(int);
        int together = isOneTile ? left.Segments.Length : Math.Max(1, chunk / left.SegmentLength);
        for (int s = 0; s < left.Segments.Length; s += together)
        {
            for (int at = 0; at < left.SegmentLength; at += chunk)
            {
                segments = left.Segments.Slice(s, Math.Min(together, left.Segments.Length - s));
                int length = Math.Min(chunk, left.SegmentLength - at);
                if (length < left.SegmentLength)
                {
                    part[0] = segments[0] + at;
                    segments = part;
                }
                t.Segments = ref MemoryMarshal.GetReference(segments);
                (t.SegmentCount, t.SegmentBytes) = (segments.Length, length);
                Tiles(left, t);
                t.Right = ref Unsafe.Add(ref t.Right, (nint)segments.Length * length / sizeof(int) * PanelWidth * TDot.WordBytes);
                // What follows is added to these sums.
                t.First = ref MemoryMarshal.GetReference(sums);
                t.StrideFirst = (nuint)PanelWidth;
            }
        }
    }

    // In bounds: the spans have the two vectors of a panel.
    protected override void Subtract(ReadOnlySpan<int> start, ReadOnlySpan<int> sums, int factor, Span<int> result)
    {
        ref int from = ref MemoryMarshal.GetReference(start), sum = ref MemoryMarshal.GetReference(sums), to = ref MemoryMarshal.GetReference(result);
        I x = I.Splat(factor);
        for (nuint at = 0; at < (nuint)PanelWidth; at += (nuint)I.Count) I.Store(I.Load(ref from, at) - (x * I.Load(ref sum, at)), ref to, at);
    }

    // In bounds: RunAcross checked all lengths.
    protected override void Across(in LeftRows<byte> row, ReadOnlySpan<byte> right, nint panelBytes, int count, Span<int> sums)
    {
        var t = new IntTileArguments
        {
            Left = ref MemoryMarshal.GetReference(row.Values),
            Segments = ref MemoryMarshal.GetReference(row.Segments),
            SegmentCount = row.Segments.Length,
            SegmentBytes = row.SegmentLength,
            Right = ref MemoryMarshal.GetReference(right),
            First = ref MemoryMarshal.GetReference(sums),
            Sums = ref MemoryMarshal.GetReference(sums),
        };
        for (int panel = 0, panels; panel < count; panel += panels)
        {
            bool wide = count - panel >= IntWideTile.Panels;
            panels = wide ? IntWideTile.Panels : 1;
            if (wide) TTiles.RunWide(row, ref t, panelBytes);
            else TTiles.Run(row, 0, 1, 1, ref t);
            t.Right = ref Unsafe.Add(ref t.Right, panels * panelBytes);
            t.First = ref t.Sums;
        }
    }

    private static void Tiles(in LeftRows<byte> left, IntTileArguments t)
    {
        if (left.Count <= TTiles.RowsMax)
        {
            TTiles.Run(left, 0, left.Count, 1, ref t);
            return;
        }
        var tiles = new EvenTiles(left.Count, TTiles.RowsMax);
        TTiles.Run(left, 0, tiles.Least + 1, tiles.Taller, ref t);
        TTiles.Run(left, tiles.Taller * (tiles.Least + 1), tiles.Least, tiles.Count - tiles.Taller, ref t);
    }
}
