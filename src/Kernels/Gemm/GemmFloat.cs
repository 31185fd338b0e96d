using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Float matrix product C = clamp(A * B + bias) with B packed into panels of <see cref="PanelWidth"/> columns, laid out [panel][k][column],
/// the last panel padded with zeros. Each output sums over k in ascending order, so that its bits depend on neither the number of rows nor
/// on which thread computes it. <c>Fused</c> sums round once per term where the CPU has FMA; <c>Separate</c> ones round product and sum, and
/// so have the bits of a plain loop. Error bound: gamma_K of the exact sum.
/// </summary>
internal static class GemmFloat
{
    /// <summary>Rows that one tile computes at once.</summary>
    private const int TileRows = 4;

    public static int PanelWidth => 2 * Lanes;

    private static int Lanes => Isa.Current switch
    {
        VectorWidth.V512 => V512<float>.Count,
        VectorWidth.V256 => V256<float>.Count,
        VectorWidth.V128 => V128<float>.Count,
        _ => 1,
    };

    public static int PanelCount(int columns) => (columns + PanelWidth - 1) / PanelWidth;

    /// <summary>Floats that the packed form of a K x N matrix takes.</summary>
    public static long PackedLength(int k, int columns) => (long)PanelCount(columns) * PanelWidth * k;

    /// <summary>Packs B, whose element (k, n) is at <c>source[k * strideK + n * strideN]</c>.</summary>
    public static void Pack(ReadOnlySpan<float> source, int strideK, int strideN, int k, int columns, Span<float> packed)
    {
        int width = PanelWidth, at = 0;
        packed[..(int)PackedLength(k, columns)].Clear();
        for (int first = 0; first < columns; first += width)
        {
            int count = Math.Min(width, columns - first);
            for (int i = 0; i < k; i++, at += width)
            {
                for (int n = 0; n < count; n++) packed[at + n] = source[i * strideK + (first + n) * strideN];
            }
        }
    }

    /// <summary>
    /// Computes <paramref name="rows"/> rows for panels [panelBegin, panelEnd). A is row-major with <paramref name="strideA"/>, C with
    /// <paramref name="strideC"/>; C's span begins at its column 0. K is at least 1. An empty bias counts as zeros.
    /// </summary>
    public static void Run(ReadOnlySpan<float> a, int strideA, int rows, int k, ReadOnlySpan<float> packed, int panelBegin, int panelEnd,
        int columns, ReadOnlySpan<float> bias, float min, float max, Span<float> c, int strideC, bool separate = false)
    {
        if (separate) Run<Separate>(a, strideA, rows, k, packed, panelBegin, panelEnd, columns, bias, min, max, c, strideC);
        else Run<Fused>(a, strideA, rows, k, packed, panelBegin, panelEnd, columns, bias, min, max, c, strideC);
    }

    private static void Run<TSum>(ReadOnlySpan<float> a, int strideA, int rows, int k, ReadOnlySpan<float> packed, int panelBegin, int panelEnd,
        int columns, ReadOnlySpan<float> bias, float min, float max, Span<float> c, int strideC) where TSum : struct, IMulAdd
    {
        var problem = new Problem(a, strideA, rows, k, packed, columns, bias, min, max, c, strideC);
        if (Isa.Current == VectorWidth.V512) Panels<V512<float>, TSum>(problem, panelBegin, panelEnd);
        else if (Isa.Current == VectorWidth.V256) Panels<V256<float>, TSum>(problem, panelBegin, panelEnd);
        else if (Isa.Current == VectorWidth.V128) Panels<V128<float>, TSum>(problem, panelBegin, panelEnd);
        else Panels<Scalar<float>, TSum>(problem, panelBegin, panelEnd);
    }

    private readonly ref struct Problem
    {
        public readonly ReadOnlySpan<float> A, Packed, Bias;
        public readonly Span<float> C;
        public readonly int StrideA, Rows, K, Columns, StrideC;
        public readonly float Min, Max;

        public Problem(ReadOnlySpan<float> a, int strideA, int rows, int k, ReadOnlySpan<float> packed, int columns,
            ReadOnlySpan<float> bias, float min, float max, Span<float> c, int strideC)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(rows - 1) * strideA + k, a.Length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((long)(rows - 1) * strideC + columns, c.Length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(PackedLength(k, columns), packed.Length);
            ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
            A = a;
            Packed = packed;
            Bias = bias;
            C = c;
            (StrideA, Rows, K, Columns, StrideC) = (strideA, rows, k, columns, strideC);
            (Min, Max) = (min, max);
        }
    }

    private static void Panels<V, TSum>(in Problem p, int begin, int end)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        int width = 2 * V.Count;
        Span<float> biasPanel = stackalloc float[64];
        Span<float> tail = stackalloc float[64 * TileRows];
        for (int panel = begin; panel < end; panel++)
        {
            int first = panel * width, count = Math.Min(width, p.Columns - first);
            biasPanel.Clear();
            if (!p.Bias.IsEmpty) p.Bias.Slice(first, count).CopyTo(biasPanel);
            ref readonly float b = ref p.Packed[(int)((long)panel * width * p.K)];
            for (int row = 0; row < p.Rows; row += TileRows)
            {
                int rows = Math.Min(TileRows, p.Rows - row);
                // A full tile writes C itself; at an edge it writes a buffer of which the valid part is copied.
                bool whole = count == width;
                ref float c = ref whole ? ref p.C[row * p.StrideC + first] : ref tail[0];
                int strideC = whole ? p.StrideC : width;
                ref readonly float a = ref p.A[row * p.StrideA];
                if (rows == TileRows) Tile4<V, TSum>(in a, p.StrideA, in b, p.K, biasPanel, p.Min, p.Max, ref c, strideC);
                else
                {
                    for (int r = 0; r < rows; r++)
                    {
                        Tile1<V, TSum>(in Unsafe.Add(ref Unsafe.AsRef(in a), r * p.StrideA), in b, p.K, biasPanel, p.Min, p.Max, ref Unsafe.Add(ref c, r * strideC));
                    }
                }
                for (int r = 0; !whole && r < rows; r++) tail.Slice(r * width, count).CopyTo(p.C[((row + r) * p.StrideC + first)..]);
            }
        }
    }

    // In bounds: Problem checked rows, K and packed length; a panel holds K rows of two vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<V, TSum>(ref readonly float a, int strideA, ref readonly float b, int k, ReadOnlySpan<float> bias, float min, float max,
        ref float c, int strideC)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        nuint lanes = (nuint)V.Count, sa = (nuint)strideA, at = 0;
        ref readonly float biasStart = ref MemoryMarshal.GetReference(bias);
        V bias0 = V.Load(in biasStart, 0), bias1 = V.Load(in biasStart, lanes);
        V first0 = TSum.BeginsWithBias ? bias0 : default, first1 = TSum.BeginsWithBias ? bias1 : default;
        V c00 = first0, c01 = first1, c10 = first0, c11 = first1, c20 = first0, c21 = first1, c30 = first0, c31 = first1;
        for (nuint i = 0; i < (nuint)k; i++, at += 2 * lanes)
        {
            V b0 = V.Load(in b, at), b1 = V.Load(in b, at + lanes);
            V x = V.Splat(Unsafe.Add(ref Unsafe.AsRef(in a), i));
            c00 = TSum.Add(x, b0, c00);
            c01 = TSum.Add(x, b1, c01);
            x = V.Splat(Unsafe.Add(ref Unsafe.AsRef(in a), i + sa));
            c10 = TSum.Add(x, b0, c10);
            c11 = TSum.Add(x, b1, c11);
            x = V.Splat(Unsafe.Add(ref Unsafe.AsRef(in a), i + 2 * sa));
            c20 = TSum.Add(x, b0, c20);
            c21 = TSum.Add(x, b1, c21);
            x = V.Splat(Unsafe.Add(ref Unsafe.AsRef(in a), i + 3 * sa));
            c30 = TSum.Add(x, b0, c30);
            c31 = TSum.Add(x, b1, c31);
        }
        nuint sc = (nuint)strideC;
        V low = V.Splat(min), high = V.Splat(max);
        V.Store(Clamp(TSum.BeginsWithBias ? c00 : c00 + bias0, low, high), ref c, 0);
        V.Store(Clamp(TSum.BeginsWithBias ? c01 : c01 + bias1, low, high), ref c, lanes);
        V.Store(Clamp(TSum.BeginsWithBias ? c10 : c10 + bias0, low, high), ref c, sc);
        V.Store(Clamp(TSum.BeginsWithBias ? c11 : c11 + bias1, low, high), ref c, sc + lanes);
        V.Store(Clamp(TSum.BeginsWithBias ? c20 : c20 + bias0, low, high), ref c, 2 * sc);
        V.Store(Clamp(TSum.BeginsWithBias ? c21 : c21 + bias1, low, high), ref c, 2 * sc + lanes);
        V.Store(Clamp(TSum.BeginsWithBias ? c30 : c30 + bias0, low, high), ref c, 3 * sc);
        V.Store(Clamp(TSum.BeginsWithBias ? c31 : c31 + bias1, low, high), ref c, 3 * sc + lanes);
    }

    // In bounds: as Tile4, for one row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<V, TSum>(ref readonly float a, ref readonly float b, int k, ReadOnlySpan<float> bias, float min, float max, ref float c)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
    {
        nuint lanes = (nuint)V.Count, at = 0;
        ref readonly float biasStart = ref MemoryMarshal.GetReference(bias);
        V bias0 = V.Load(in biasStart, 0), bias1 = V.Load(in biasStart, lanes);
        V c0 = TSum.BeginsWithBias ? bias0 : default, c1 = TSum.BeginsWithBias ? bias1 : default;
        for (nuint i = 0; i < (nuint)k; i++, at += 2 * lanes)
        {
            V x = V.Splat(Unsafe.Add(ref Unsafe.AsRef(in a), i));
            c0 = TSum.Add(x, V.Load(in b, at), c0);
            c1 = TSum.Add(x, V.Load(in b, at + lanes), c1);
        }
        V low = V.Splat(min), high = V.Splat(max);
        V.Store(Clamp(TSum.BeginsWithBias ? c0 : c0 + bias0, low, high), ref c, 0);
        V.Store(Clamp(TSum.BeginsWithBias ? c1 : c1 + bias1, low, high), ref c, lanes);
    }

    /// <summary>A NaN stays a NaN: both operations return their second operand when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Clamp<V>(V value, V low, V high) where V : unmanaged, ISimd<V, float> => V.Min(high, V.Max(low, value));
}
