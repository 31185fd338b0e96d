using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>
/// Adds products with a matrix packed by <see cref="FloatPanels"/> to sums that are there already: sums[r, n] += A[r] * B[., n], for few rows.
/// A product is summed in <see cref="Parts"/> parts, each of every fourth term, which join in the order of <see cref="IPartOrder"/>; the last K mod 4
/// terms follow one by one. Product and sum are rounded for each term, which gives the bits of the reference's recurrent cells: what differs in one
/// step of a sequence grows in the next. The bits depend on K alone. Error bound: gamma_(K/4 + 7) of the sum of magnitudes.
/// </summary>
internal static class GemvFloat
{
    /// <summary>Independent sums of one product: also what hides the latency of an addition.</summary>
    public const int Parts = 4;

    /// <param name="a">Rows of k numbers.</param>
    /// <param name="rows">How many of them.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="packed">The packed matrix (k, columns).</param>
    /// <param name="columns">Numbers in a row of sums.</param>
    /// <param name="sums">Rows of sums.</param>
    public static void Add<TOrder>(ReadOnlySpan<float> a, int rows, int k, ReadOnlySpan<float> packed, int columns, Span<float> sums)
        where TOrder : struct, IPartOrder
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * k, a.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * columns, sums.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FloatPanels.Length(k, columns), packed.Length);
        var product = new Product<TOrder>(a, rows, k, packed, columns, sums);
        Isa.Dispatch<Product<TOrder>, float>(ref product);
    }

    private readonly ref struct Product<TOrder>(ReadOnlySpan<float> a, int rows, int k, ReadOnlySpan<float> packed, int columns, Span<float> sums)
        : ISimdAction<float>
        where TOrder : struct, IPartOrder
    {
        private readonly ReadOnlySpan<float> _a = a, _packed = packed;
        private readonly Span<float> _sums = sums;

        public void Invoke<V>() where V : unmanaged, ISimd<V, float>
        {
            int width = 2 * V.Count;
            Span<float> edge = stackalloc float[width];
            for (int first = 0; first < columns; first += width)
            {
                ref readonly float b = ref _packed[first * k];
                int count = Math.Min(width, columns - first);
                // A panel of one vector is read twice.
                nuint right = count > V.Count ? (nuint)V.Count : 0;
                for (int row = 0; row < rows; row++)
                {
                    var target = _sums.Slice(row * columns + first, count);
                    ref readonly float x = ref _a[row * k];
                    if (count == width)
                    {
                        Panel<V, TOrder>(in x, in b, right, k, ref MemoryMarshal.GetReference(target));
                        continue;
                    }
                    target.CopyTo(edge);
                    Panel<V, TOrder>(in x, in b, right, k, ref MemoryMarshal.GetReference(edge));
                    edge[..count].CopyTo(target);
                }
            }
        }
    }

    // In bounds: Add checked the lengths; a panel holds k rows of one vector, or of two where the second is not at 0, and sums has room for two.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel<V, TOrder>(ref readonly float a, ref readonly float b, nuint rightAt, int k, ref float sums)
        where V : unmanaged, ISimd<V, float>
        where TOrder : struct, IPartOrder
    {
        nuint lanes = (nuint)V.Count, step = lanes + rightAt, at = 0, i = 0, whole = (nuint)(k / Parts * Parts);
        ref float start = ref Unsafe.AsRef(in a);
        V l0 = default, l1 = default, l2 = default, l3 = default, r0 = default, r1 = default, r2 = default, r3 = default;
        for (; i < whole; i += Parts, at += Parts * step)
        {
            V x = V.Splat(Unsafe.Add(ref start, i));
            l0 += x * V.Load(in b, at);
            r0 += x * V.Load(in b, at + rightAt);
            x = V.Splat(Unsafe.Add(ref start, i + 1));
            l1 += x * V.Load(in b, at + step);
            r1 += x * V.Load(in b, at + step + rightAt);
            x = V.Splat(Unsafe.Add(ref start, i + 2));
            l2 += x * V.Load(in b, at + 2 * step);
            r2 += x * V.Load(in b, at + 2 * step + rightAt);
            x = V.Splat(Unsafe.Add(ref start, i + 3));
            l3 += x * V.Load(in b, at + 3 * step);
            r3 += x * V.Load(in b, at + 3 * step + rightAt);
        }
        V sumLeft = V.Load(in sums, 0), sumRight = V.Load(in sums, lanes);
        V left = TOrder.Join(l0, l1, l2, l3), right = TOrder.Join(r0, r1, r2, r3);
        if (TOrder.BeginsWithSum) (left, right) = (sumLeft + left, sumRight + right);
        for (; i < (nuint)k; i++, at += step)
        {
            V x = V.Splat(Unsafe.Add(ref start, i));
            left += x * V.Load(in b, at);
            right += x * V.Load(in b, at + rightAt);
        }
        V.Store(TOrder.BeginsWithSum ? left : sumLeft + left, ref sums, 0);
        V.Store(TOrder.BeginsWithSum ? right : sumRight + right, ref sums, lanes);
    }
}
