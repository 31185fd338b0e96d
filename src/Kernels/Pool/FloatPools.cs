using System.Runtime.CompilerServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Pool;

/// <summary>What a float pooling does to an element, and to the sum of a window.</summary>
internal interface IPoolMean
{
    public static abstract V Term<V>(V x) where V : unmanaged, ISimd<V, float>;

    public static abstract V Result<V>(V mean) where V : unmanaged, ISimd<V, float>;
}

/// <summary>The arithmetic mean.</summary>
internal readonly struct ArithmeticMean : IPoolMean
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Term<V>(V x) where V : unmanaged, ISimd<V, float> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Result<V>(V mean) where V : unmanaged, ISimd<V, float> => mean;
}

/// <summary>The root of the mean square.</summary>
internal readonly struct RootMeanSquare : IPoolMean
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Term<V>(V x) where V : unmanaged, ISimd<V, float> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Result<V>(V mean) where V : unmanaged, ISimd<V, float> => V.Sqrt(mean);
}

/// <summary>Result(sum of Term(x) / number of elements), clamped; float32 sums in the order of the input.</summary>
internal readonly struct MeanPool<TMean> : IPool<float> where TMean : struct, IPoolMean
{
    public static void Lines(VolumeGeometry g, ReadOnlySpan<float> input, Span<float> output, float min, float max, int begin, int end)
    {
        if (Isa.Current == VectorWidth.V512) Run<V512<float>>(g, input, output, min, max, begin, end);
        else if (Isa.Current == VectorWidth.V256) Run<V256<float>>(g, input, output, min, max, begin, end);
        else if (Isa.Current == VectorWidth.V128) Run<V128<float>>(g, input, output, min, max, begin, end);
        else Run<Scalar<float>>(g, input, output, min, max, begin, end);
    }

    private static void Run<V>(VolumeGeometry g, ReadOnlySpan<float> input, Span<float> output, float min, float max, int begin, int end)
        where V : unmanaged, ISimd<V, float> =>
        PoolRows.Run<Lanes<V>, V, Lanes<Scalar<float>>, Scalar<float>, float>(g, input, output, min, max, begin, end);

    private readonly struct Lanes<V> : IPoolLanes<float, V> where V : unmanaged, ISimd<V, float>
    {
        public static int Count => V.Count;

        public static V Start => V.Splat(0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Fold(V sum, ref readonly float origin, nuint offset) => sum + TMean.Term(V.Load(in origin, offset));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(V sum, int elements, float min, float max, ref float origin, nuint offset) =>
            V.Store(Clamp.Apply<V, float>(TMean.Result(sum / V.Splat(elements)), min, max), ref origin, offset);
    }
}
