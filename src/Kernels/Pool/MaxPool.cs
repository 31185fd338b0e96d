using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Pool;

/// <summary>The largest element of a window, clamped. It starts from the least finite value, so a window of NaN or -Inf gives that.</summary>
internal readonly struct MaxPool<T> : IPool<T> where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
{
    public static void Lines(VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
    {
        if (Isa.Current == VectorWidth.V512) Run<V512<T>>(g, input, output, min, max, begin, end);
        else if (Isa.Current == VectorWidth.V256) Run<V256<T>>(g, input, output, min, max, begin, end);
        else if (Isa.Current == VectorWidth.V128) Run<V128<T>>(g, input, output, min, max, begin, end);
        else Run<Scalar<T>>(g, input, output, min, max, begin, end);
    }

    private static void Run<V>(VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
        where V : unmanaged, ISimd<V, T> =>
        PoolRows.Run<MaxLanes<V, T>, V, MaxLanes<Scalar<T>, T>, Scalar<T>, T>(g, input, output, min, max, begin, end);
}

/// <summary>Folds by maximum; NaN is skipped.</summary>
internal readonly struct MaxLanes<V, T> : IPoolLanes<T, V>
    where V : unmanaged, ISimd<V, T>
    where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
{
    public static int Count => V.Count;

    public static V Start => V.Splat(T.MinValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Fold(V sum, ref readonly T origin, nuint offset) => V.Max(V.Load(in origin, offset), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(V sum, int elements, T min, T max, ref T origin, nuint offset) =>
        V.Store(Clamp.Apply<V, T>(sum, min, max), ref origin, offset);
}
