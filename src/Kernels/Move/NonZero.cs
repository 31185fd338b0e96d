using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Move;

/// <summary>Finds the elements that are not zero; a NaN is not.</summary>
internal static class NonZero
{
    private const int PlacesAtOnce = 512;

    /// <summary>Vectors whose lanes cannot overflow when each adds one.</summary>
    private const int VectorsAtOnce = 127;

    public static int Count<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryNumber<T>
    {
        int zeros = Isa.Filled<T>(values.Length) switch
        {
            VectorWidth.V512 => Zeros<T, V512<T>>(values),
            VectorWidth.V256 => Zeros<T, V256<T>>(values),
            VectorWidth.V128 => Zeros<T, V128<T>>(values),
            _ => 0,
        };
        int lanes = (int)Isa.Filled<T>(values.Length) / 8 / Unsafe.SizeOf<T>();
        foreach (T value in values[(lanes > 0 ? values.Length / lanes * lanes : 0)..]) zeros += T.IsZero(value) ? 1 : 0;
        return values.Length - zeros;
    }

    /// <summary>Writes the coordinates of each, in order: one row of dimensions.Length values. The output is as long as their number needs.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Coordinates<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> dimensions, Span<long> output)
        where T : unmanaged, IBinaryNumber<T>
    {
        int rank = dimensions.Length, last = rank - 1, rowStart = 0, next = 0;
        Span<int> places = stackalloc int[PlacesAtOnce];
        Span<long> at = stackalloc long[rank];
        at.Clear();
        for (int begin = 0; begin < values.Length; begin += PlacesAtOnce)
        {
            var some = values[begin..Math.Min(begin + PlacesAtOnce, values.Length)];
            foreach (int place in places[..Find(some, begin, places)])
            {
                while (rank > 0 && place - rowStart >= dimensions[last])
                {
                    rowStart += dimensions[last];
                    for (int d = last - 1; d >= 0 && ++at[d] == dimensions[d]; d--) at[d] = 0;
                }
                for (int d = 0; d < last; d++) output[next++] = at[d];
                if (rank > 0) output[next++] = place - rowStart;
            }
        }
    }

    private static int Find<T>(ReadOnlySpan<T> values, int origin, Span<int> places) where T : unmanaged, IBinaryNumber<T> => Isa.Filled<T>(values.Length) switch
    {
        VectorWidth.V512 => Find<T, V512<T>>(values, origin, places),
        VectorWidth.V256 => Find<T, V256<T>>(values, origin, places),
        VectorWidth.V128 => Find<T, V128<T>>(values, origin, places),
        _ => Find<T, Scalar<T>>(values, origin, places),
    };

    /// <summary>One width, chosen by the caller: the places of those that are not zero, counted from <paramref name="origin"/>, and their number.</summary>
    [MethodImpl(Jit.Loop)]
    public static int Find<T, V>(ReadOnlySpan<T> values, int origin, Span<int> places)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        ref T from = ref MemoryMarshal.GetReference(values);
        ref int to = ref MemoryMarshal.GetReference(places);
        Lengths.MustReach(values.Length, places.Length);
        int found = 0;
        for (int i = 0; i < values.Length; i += V.Count)
        {
            // In bounds: a vector that ends with the span.
            bool isWhole = i + V.Count <= values.Length;
            if (isWhole && V.IsZero(~V.Equal(V.Load(ref from, (nuint)i), default))) continue;
            for (int k = i; k < (isWhole ? i + V.Count : values.Length); k++)
            {
                // In bounds: no more were found than seen. Without a branch, which nobody could predict.
                Unsafe.Add(ref to, found) = origin + k;
                found += 1 - Unsafe.BitCast<bool, byte>(T.IsZero(Unsafe.Add(ref from, k)));
            }
        }
        return found;
    }

    /// <summary>One width, chosen by the caller: the number of zeros in the whole vectors that there are.</summary>
    [MethodImpl(Jit.Loop)]
    public static int Zeros<T, V>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        ref T from = ref MemoryMarshal.GetReference(values);
        int zeros = 0, done = 0;
        while (done + V.Count <= values.Length)
        {
            V counts = default;
            // In bounds: done + Count <= length. A mask is -1 in the lane's bits.
            for (int n = 0; n < VectorsAtOnce && done + V.Count <= values.Length; n++, done += V.Count)
                counts = V.SubtractBits(counts, V.Equal(V.Load(ref from, (nuint)done), default));
            V sums = counts;
            for (int lane = 0; lane < V.Count; lane++) zeros += LowByte(Unsafe.Add(ref Unsafe.As<V, T>(ref sums), lane));
        }
        return zeros;

        static byte LowByte(T lane) => Unsafe.As<T, byte>(ref lane);
    }
}
