using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Maths;

/// <summary>A function of two floats that is calculated in double arithmetic.</summary>
internal interface IDoubleFn
{
    /// <summary>The lanes hold floats; those of the result are rounded once.</summary>
    public static abstract D Apply<D>(D a, D b) where D : unmanaged, ISimd<D, double>;
}

/// <summary>The same of float lanes.</summary>
internal readonly struct ThroughDoubles<TFn> : IBinaryFn<float> where TFn : struct, IDoubleFn
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, float>
    {
        if (typeof(V) == typeof(V512<float>)) return As<V512<float>, V>(Of<Doubles512, V512<float>, V512<double>>(As<V, V512<float>>(a), As<V, V512<float>>(b)));
        if (typeof(V) == typeof(V256<float>)) return As<V256<float>, V>(Of<Doubles256, V256<float>, V256<double>>(As<V, V256<float>>(a), As<V, V256<float>>(b)));
        if (typeof(V) == typeof(V128<float>)) return As<V128<float>, V>(Of<Doubles128, V128<float>, V128<double>>(As<V, V128<float>>(a), As<V, V128<float>>(b)));
        return As<Scalar<float>, V>(Of<DoublesScalar, Scalar<float>, Scalar<double>>(As<V, Scalar<float>>(a), As<V, Scalar<float>>(b)));
    }

    // Reached only when both are one type.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTo As<TFrom, TTo>(TFrom v) where TFrom : unmanaged where TTo : unmanaged => Unsafe.BitCast<TFrom, TTo>(v);

    [MethodImpl(Jit.Loop)]
    private static F Of<L, F, D>(F a, F b)
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double> =>
        L.Join(TFn.Apply(L.Lower(a), L.Lower(b)), TFn.Apply(L.Upper(a), L.Upper(b)));
}
