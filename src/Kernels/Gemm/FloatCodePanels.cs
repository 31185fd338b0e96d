using System.Runtime.CompilerServices;

namespace Graft.Kernels.Gemm;

/// <summary>Panels of a float product by <see cref="FloatTileCode"/>, in the tiles and with the bits of <see cref="GemmFloat"/>.</summary>
internal static unsafe class FloatCodePanels
{
    /// <summary>Tiles of one call, for whose end the collector would have to wait.</summary>
    private const int TilesTogether = 8;

    /// <summary>Whether a product is one of packed panels, and the only one.</summary>
    public static bool Takes(in FloatProduct p) => p.StrideRight == 0 && p.Rank == 0 && p.Left.Count > 0;

    /// <summary>Computes all rows of the left matrix for panels [begin, end).</summary>
    // In bounds: FloatProduct checked all lengths.
    [SkipLocalsInit]
    public static void Run(FloatTileCode code, in FloatProduct p, int begin, int end)
    {
        float* room = stackalloc float[FloatPanels.WidthMax], edge = stackalloc float[2 * FloatTile.RowsMax * FloatPanels.WidthMax];
        fixed (float* left = p.Left.Values, right = p.Right, bias = p.Bias, addend = p.Addend, c = p.C)
        fixed (int* segments = p.Left.Segments, starts = p.Left.Starts)
        {
            var frame = new FloatTileFrame
            {
                FirstSegment = segments,
                SegmentsOfAll = p.Left.Segments.Length,
                SegmentBytes = (long)p.Left.SegmentLength * sizeof(float),
                Min = p.Min,
                Max = p.Max,
            };
            int lanes = code.Lanes;
            for (int panel = begin; panel < end; panel++)
            {
                int column = panel * 2 * lanes, columns = Math.Min(2 * lanes, p.Columns - column), vectors = columns > lanes ? 2 : 1;
                var place = new Place(left, starts, p.Left.Stride, addend is null ? null : addend + column, p.StrideAddend, c + column, p.StrideC);
                frame.Right = right + (nint)column * p.Left.K;
                bool isWhole = columns == vectors * lanes;
                frame.Bias = isWhole && bias is not null ? bias + column : Padded(bias is null ? null : bias + column, columns, room);
                if (isWhole) Whole(code, &frame, place, p.Left.Count, vectors);
                else Edge(code, &frame, place, p.Left.Count, vectors, columns, edge);
            }
        }
    }

    /// <summary>A few numbers with zeros behind them.</summary>
    private static float* Padded(float* numbers, int count, float* room)
    {
        for (int i = 0; i < FloatPanels.WidthMax; i++) room[i] = numbers is not null && i < count ? numbers[i] : 0;
        return room;
    }

    /// <summary>All rows of one panel.</summary>
    private static void Whole(FloatTileCode code, FloatTileFrame* frame, in Place place, int count, int vectors)
    {
        var tiles = new EvenTiles(count, code.RowsMax(vectors));
        frame->Result = place.Result;
        frame->ResultStep = (long)place.ResultStride * sizeof(float);
        frame->Addend = place.Addend;
        frame->AddendStep = (long)place.AddendStride * sizeof(float);
        for (int tile = 0, row = 0, together; tile < tiles.Count; tile += together)
        {
            int rows = tiles.Height(tile);
            together = place.Starts is null ? Math.Min(TilesTogether, (tile < tiles.Taller ? tiles.Taller : tiles.Count) - tile) : 1;
            place.Begin(frame, row, rows, together);
            code.Run(frame, rows, vectors);
            row += rows * together;
        }
    }

    /// <summary>The same where a tile would leave the rows of the result: it works on a buffer.</summary>
    private static void Edge(FloatTileCode code, FloatTileFrame* frame, in Place place, int count, int vectors, int columns, float* edge)
    {
        float* addend = edge + FloatTile.RowsMax * FloatPanels.WidthMax;
        var tiles = new EvenTiles(count, code.RowsMax(vectors));
        frame->ResultStep = frame->AddendStep = FloatPanels.WidthMax * sizeof(float);
        for (int tile = 0, row = 0; tile < tiles.Count; tile++)
        {
            int rows = tiles.Height(tile);
            place.Begin(frame, row, rows, 1);
            frame->Result = edge;
            frame->Addend = place.Addend is null ? null : addend;
            if (place.Addend is not null) Copy(place.Addend + (nint)row * place.AddendStride, place.AddendStride, addend, FloatPanels.WidthMax, rows, columns);
            code.Run(frame, rows, vectors);
            Copy(edge, FloatPanels.WidthMax, place.Result + (nint)row * place.ResultStride, place.ResultStride, rows, columns);
            row += rows;
        }
    }

    private static void Copy(float* from, int fromStride, float* to, int toStride, int rows, int columns)
    {
        for (int r = 0; r < rows; r++) new ReadOnlySpan<float>(from + r * fromStride, columns).CopyTo(new(to + (nint)r * toStride, columns));
    }

    /// <summary>Where the rows of a product begin, and where those of a panel go.</summary>
    private readonly struct Place(float* left, int* starts, int stride, float* addend, int addendStride, float* result, int resultStride)
    {
        public readonly float* Addend = addend, Result = result;
        public readonly int* Starts = starts;
        public readonly int AddendStride = addendStride, ResultStride = resultStride;
        private readonly float* _left = left;
        private readonly long _step = (long)stride * sizeof(float);

        /// <summary>The rows of the next tiles.</summary>
        public void Begin(FloatTileFrame* frame, int row, int rows, int tiles)
        {
            frame->Tiles = tiles;
            frame->TileBytes = rows * _step;
            long first = (long)_left + row * _step;
            for (int r = 0; r < rows; r++) frame->Rows[r] = Starts is null ? first + r * _step : (long)(_left + Starts[row + r]);
        }
    }
}
