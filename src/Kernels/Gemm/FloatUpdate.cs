// house: tile
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// C += A * B for few terms, B packed by <see cref="FloatPanels"/>: each sum goes on from what C holds, in ascending order, <see cref="Fused"/>, so that a
/// product and its update have the bits of one product of all terms. Factors of B stay in registers while rows pass.
/// Error bound: gamma_K of the sum of magnitudes, C's among them.
/// </summary>
internal static class FloatUpdate
{
    /// <summary>Terms whose factors, two vectors each, are held at a time.</summary>
    private const int Depth = 4;

    /// <param name="a">Rows of k numbers, one after another.</param>
    /// <param name="rows">How many they are.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="packed">The packed matrix (k, columns).</param>
    /// <param name="columns">Numbers in a row of C.</param>
    /// <param name="c">Rows of sums, one after another.</param>
    public static void Run(ReadOnlySpan<float> a, int rows, int k, ReadOnlySpan<float> packed, int columns, Span<float> c)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * k, a.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * columns, c.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FloatPanels.Length(k, columns), packed.Length);
        var update = new Update(a, rows, k, packed, columns, c);
        Isa.Dispatch<Update, float>(ref update);
    }

    /// <summary>Some rows and one panel of one vector or two, all in C. Bounds are the caller's.</summary>
    /// <param name="a">The first row of A.</param>
    /// <param name="k">Terms, and the distance of rows of A.</param>
    /// <param name="b">The panel.</param>
    /// <param name="c">The first row of C.</param>
    /// <param name="strideC">The distance of its rows.</param>
    /// <param name="rows">How many they are.</param>
    private static void Panel<V, TVectors>(ref float a, int k, ref float b, ref float c, nint strideC, int rows)
        where V : unmanaged, ISimd<V, float>
        where TVectors : struct, ICount
    {
        nint width = TVectors.Value * V.Count;
        for (int at = 0; at < k; at += Depth)
        {
            ref float left = ref Unsafe.Add(ref a, at), right = ref Unsafe.Add(ref b, at * width);
            switch (k - at)
            {
                case 1: Terms<V, TVectors, N1>(ref left, k, ref right, ref c, strideC, rows); break;
                case 2: Terms<V, TVectors, N2>(ref left, k, ref right, ref c, strideC, rows); break;
                case 3: Terms<V, TVectors, N3>(ref left, k, ref right, ref c, strideC, rows); break;
                default: Terms<V, TVectors, N4>(ref left, k, ref right, ref c, strideC, rows); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Terms<V, TVectors, TTerms>(ref float a, nint strideA, ref float b, ref float c, nint strideC, int rows)
        where V : unmanaged, ISimd<V, float>
        where TVectors : struct, ICount
        where TTerms : struct, ICount
    {
        bool two = TVectors.Value > 1;
        nuint lanes = (nuint)V.Count, width = (nuint)TVectors.Value * lanes;
        V b00 = V.Load(ref b, 0), b01 = two ? V.Load(ref b, lanes) : default;
        V b10 = TTerms.Value > 1 ? V.Load(ref b, width) : default, b11 = two && TTerms.Value > 1 ? V.Load(ref b, width + lanes) : default;
        V b20 = TTerms.Value > 2 ? V.Load(ref b, 2 * width) : default, b21 = two && TTerms.Value > 2 ? V.Load(ref b, 2 * width + lanes) : default;
        V b30 = TTerms.Value > 3 ? V.Load(ref b, 3 * width) : default, b31 = two && TTerms.Value > 3 ? V.Load(ref b, 3 * width + lanes) : default;
        for (; rows > 0; rows--)
        {
            V c0 = V.Load(ref c, 0), c1 = two ? V.Load(ref c, lanes) : default;
            V x = V.Splat(a);
            c0 = V.MulAddEstimate(x, b00, c0);
            if (two) c1 = V.MulAddEstimate(x, b01, c1);
            if (TTerms.Value > 1)
            {
                x = V.Splat(Unsafe.Add(ref a, 1));
                c0 = V.MulAddEstimate(x, b10, c0);
                if (two) c1 = V.MulAddEstimate(x, b11, c1);
            }
            if (TTerms.Value > 2)
            {
                x = V.Splat(Unsafe.Add(ref a, 2));
                c0 = V.MulAddEstimate(x, b20, c0);
                if (two) c1 = V.MulAddEstimate(x, b21, c1);
            }
            if (TTerms.Value > 3)
            {
                x = V.Splat(Unsafe.Add(ref a, 3));
                c0 = V.MulAddEstimate(x, b30, c0);
                if (two) c1 = V.MulAddEstimate(x, b31, c1);
            }
            V.Store(c0, ref c, 0);
            if (two) V.Store(c1, ref c, lanes);
            a = ref Unsafe.Add(ref a, strideA);
            c = ref Unsafe.Add(ref c, strideC);
        }
    }

    private readonly ref struct Update(ReadOnlySpan<float> a, int rows, int k, ReadOnlySpan<float> packed, int columns, Span<float> c) : ISimdAction<float>
    {
        private readonly ReadOnlySpan<float> _a = a, _packed = packed;
        private readonly Span<float> _c = c;

        public void Invoke<V>() where V : unmanaged, ISimd<V, float>
        {
            int width = 2 * V.Count;
            for (int column = 0; column < columns; column += width)
            {
                int count = Math.Min(width, columns - column);
                if (count > V.Count) Columns<V, N2>(column, count);
                else Columns<V, N1>(column, count);
            }
        }

        // In bounds: Run checked the lengths; a panel that would leave the rows of C works on a copy of them.
        [SkipLocalsInit]
        private void Columns<V, TVectors>(int column, int count)
            where V : unmanaged, ISimd<V, float>
            where TVectors : struct, ICount
        {
            ref float a = ref MemoryMarshal.GetReference(_a), b = ref MemoryMarshal.GetReference(_packed[(column * k)..]);
            if (count == TVectors.Value * V.Count)
            {
                Panel<V, TVectors>(ref a, k, ref b, ref _c[column], columns, rows);
                return;
            }
            Span<float> edge = stackalloc float[FloatPanels.WidthMax];
            for (int row = 0; row < rows; row++)
            {
                var part = _c.Slice(row * columns + column, count);
                part.CopyTo(edge);
                Panel<V, TVectors>(ref Unsafe.Add(ref a, row * k), k, ref b, ref edge[0], count, 1);
                edge[..count].CopyTo(part);
            }
        }
    }
}
