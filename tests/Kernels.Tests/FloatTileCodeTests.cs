using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>The float tile as machine code against the same tile compiled: every bit, at every height.</summary>
public sealed class FloatTileCodeTests
{
    private const int Lead = 37, Segment = 9, Segments = 3, K = Segment * Segments;

    public static TheoryData<int, bool> Heights()
    {
        var data = new TheoryData<int, bool>();
        for (int rows = 1; rows <= FloatTile.RowsMax; rows++)
        {
            data.Add(rows, true);
            data.Add(rows, false);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Heights))]
    public void Sums_have_the_bits_of_the_compiled_tile(int rows, bool isFused)
    {
        if ((isFused ? FloatTileCode.Fused : FloatTileCode.Separate) is not { } code) return; // Another CPU or system.
        for (int vectors = 1; vectors <= 2; vectors++)
        {
            if (rows > code.RowsMax(vectors)) continue;
            foreach (bool hasAddend in (bool[])[false, true])
            {
                float[] expected = Run(null, rows, vectors, isFused, hasAddend), actual = Run(code, rows, vectors, isFused, hasAddend);
                Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
            }
        }
    }

    private static float[] Run(FloatTileCode? code, int rows, int vectors, bool isFused, bool hasAddend)
    {
        var random = new Random(rows);
        int lanes = (int)Isa.Current / 32, width = vectors * lanes;
        float[] left = Numbers(random, 12 * Lead + 4 * Segment), right = Numbers(random, K * width), bias = Numbers(random, width), addend = Numbers(random, 12 * (width + 3));
        left[Lead * (rows - 1) + 2] = float.NaN;
        left[0] = float.PositiveInfinity;
        float[] result = new float[12 * (width + 1)];
        Array.Fill(result, 77);
        int[] segments = [0, 12, 27];
        var t = new FloatTileArguments
        {
            A = ref left[0],
            Segments = ref segments[0],
            SegmentCount = Segments,
            Parts = Segments,
            SegmentLength = Segment,
            B = ref right[0],
            StrideB = width,
            Bias = ref bias[0],
            C = ref result[0],
            StrideC = width + 1,
            Min = -0.5f,
            Max = 0.75f,
        };
        for (int r = 0; r < rows; r++) t.Starts[r] = r * Lead;
        if (hasAddend)
        {
            t.Addend = ref addend[0];
            t.StrideAddend = width + 3;
        }
        if (code is not null) ByCode(code, t, rows, vectors);
        else if (Isa.Current == VectorWidth.V512) Compiled<Vector512<float>, Floats512>(t, rows, vectors, isFused);
        else Compiled<Vector256<float>, Floats256>(t, rows, vectors, isFused);
        return result;
    }

    // In bounds: the arrays are as long as the tile needs, and stay where they are.
    private static unsafe void ByCode(FloatTileCode code, in FloatTileArguments t, int rows, int vectors)
    {
        fixed (float* a = &t.A, right = &t.B, bias = &t.Bias, addend = &t.Addend, c = &t.C)
        fixed (int* segments = &t.Segments)
        {
            var frame = new FloatTileFrame
            {
                FirstSegment = segments,
                SegmentsOfAll = t.SegmentCount,
                SegmentBytes = t.SegmentLength * sizeof(float),
                Right = right,
                Bias = bias,
                Addend = addend,
                AddendStep = t.StrideAddend * sizeof(float),
                Result = c,
                ResultStep = t.StrideC * sizeof(float),
                Min = t.Min,
                Max = t.Max,
                Tiles = 1,
            };
            for (int r = 0; r < rows; r++) frame.Rows[r] = (long)(a + t.Starts[r]);
            code.Run(&frame, rows, vectors);
        }
    }

    private static void Compiled<V, O>(in FloatTileArguments t, int rows, int vectors, bool isFused)
        where V : unmanaged
        where O : struct, IFloats<V>
    {
        if (isFused && vectors == 1) Rows<V, O, Fused, N1>(t, rows);
        else if (isFused) Rows<V, O, Fused, N2>(t, rows);
        else if (vectors == 1) Rows<V, O, Separate, N1>(t, rows);
        else Rows<V, O, Separate, N2>(t, rows);
    }

    private static void Rows<V, O, TSum, TVectors>(in FloatTileArguments t, int rows)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TVectors : struct, ICount =>
        GemmFloat.Tile<V, O, TSum, TVectors>(t, rows);

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
