using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Pool;

/// <summary>The mean of a window of integers of at most 16 bits, rounded half away from zero, clamped. 32-bit sums.</summary>
internal readonly struct IntegerAveragePool<T> : IPool<T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static void Lines(VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
    {
        if (Isa.Current == VectorWidth.V512) Run<Lanes512, V512<float>, V512<int>>(g, input, output, min, max, begin, end);
        else if (Isa.Current == VectorWidth.V256) Run<Lanes256, V256<float>, V256<int>>(g, input, output, min, max, begin, end);
        else if (Isa.Current == VectorWidth.V128) Run<Lanes128, V128<float>, V128<int>>(g, input, output, min, max, begin, end);
        else Run<LanesScalar, Scalar<float>, Scalar<int>>(g, input, output, min, max, begin, end);
    }

    private static void Run<L, F, I>(VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> =>
        PoolRows.Run<Lanes<L, F, I>, I, Lanes<LanesScalar, Scalar<float>, Scalar<int>>, Scalar<int>, T>(g, input, output, min, max, begin, end);

    private readonly struct Lanes<L, F, I> : IPoolLanes<T, I>
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        public static int Count => I.Count;

        public static I Start => I.Splat(0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static I Fold(I sum, ref readonly T origin, nuint offset) => sum + L.LoadWiden(in origin, offset);

        // In bounds: a vector of I is Count ints.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(I sum, int elements, T min, T max, ref T origin, nuint offset)
        {
            ref int sums = ref Unsafe.As<I, int>(ref sum);
            int half = elements / 2;
            for (int i = 0; i < I.Count; i++)
            {
                int value = Unsafe.Add(ref sums, i);
                Unsafe.Add(ref sums, i) = (value > 0 ? value + half : value - half) / elements;
            }
            var clamped = I.Min(I.Max(sum, I.Splat(int.CreateTruncating(min))), I.Splat(int.CreateTruncating(max)));
            L.StoreNarrow(clamped, ref origin, offset);
        }
    }
}
