using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// The body of a loop over the positions of any number of spans, which a ref struct holds. What happens at a position depends on that
/// position alone, so the result is the same at every width.
/// </summary>
internal interface ILaneBody<T> where T : unmanaged, IBinaryNumber<T>
{
    /// <summary>Computes positions [i, i + V.Count).</summary>
    public void At<V>(nuint i) where V : unmanaged, ISimd<V, T>;
}

/// <summary>The same with float and 32-bit integer lanes mixed, for narrow integers.</summary>
internal interface IWideBody
{
    /// <summary>Computes positions [i, i + I.Count).</summary>
    public void At<L, F, I>(nuint i)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>;
}

/// <summary>The same with lanes of 32 bits and of double.</summary>
internal interface IDoubleBody
{
    /// <summary>Computes positions [i, i + F.Count).</summary>
    public void At<L, F, I, D>(nuint i)
        where L : unmanaged, IHalves<F, D>, IWords<I, D>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where D : unmanaged, ISimd<D, double>;
}

/// <summary>Runs a body over positions [0, length): whole vectors that fit, then single lanes. The body answers for its spans being that long.</summary>
internal static class LaneLoop
{
    public static void Run<TBody, T>(TBody body, int length)
        where TBody : struct, ILaneBody<T>, allows ref struct
        where T : unmanaged, IBinaryNumber<T>
    {
        nuint done = Isa.Current switch
        {
            VectorWidth.V512 => Run<TBody, T, V512<T>>(body, 0, length),
            VectorWidth.V256 => Run<TBody, T, V256<T>>(body, 0, length),
            VectorWidth.V128 => Run<TBody, T, V128<T>>(body, 0, length),
            _ => 0,
        };
        Run<TBody, T, Scalar<T>>(body, done, length);
    }

    public static void Run<TBody>(TBody body, int length) where TBody : struct, IWideBody, allows ref struct
    {
        nuint done = Isa.Current switch
        {
            VectorWidth.V512 => Run<TBody, Lanes512, V512<float>, V512<int>>(body, 0, length),
            VectorWidth.V256 => Run<TBody, Lanes256, V256<float>, V256<int>>(body, 0, length),
            VectorWidth.V128 => Run<TBody, Lanes128, V128<float>, V128<int>>(body, 0, length),
            _ => 0,
        };
        Run<TBody, LanesScalar, Scalar<float>, Scalar<int>>(body, done, length);
    }

    public static void RunDoubles<TBody>(TBody body, int length) where TBody : struct, IDoubleBody, allows ref struct
    {
        nuint done = Isa.Current switch
        {
            VectorWidth.V512 => RunDoubles<TBody, Doubles512, V512<float>, V512<int>, V512<double>>(body, 0, length),
            VectorWidth.V256 => RunDoubles<TBody, Doubles256, V256<float>, V256<int>, V256<double>>(body, 0, length),
            VectorWidth.V128 => RunDoubles<TBody, Doubles128, V128<float>, V128<int>, V128<double>>(body, 0, length),
            _ => 0,
        };
        RunDoubles<TBody, DoublesScalar, Scalar<float>, Scalar<int>, Scalar<double>>(body, done, length);
    }

    /// <summary>One width, chosen by the caller: whole vectors from <paramref name="i"/> on; returns where they end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nuint RunDoubles<TBody, L, F, I, D>(TBody body, nuint i, int length)
        where TBody : struct, IDoubleBody, allows ref struct
        where L : unmanaged, IHalves<F, D>, IWords<I, D>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where D : unmanaged, ISimd<D, double>
    {
        for (; i + (nuint)F.Count <= (nuint)length; i += (nuint)F.Count) body.At<L, F, I, D>(i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nuint Run<TBody, T, V>(TBody body, nuint i, int length)
        where TBody : struct, ILaneBody<T>, allows ref struct
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        for (; i + (nuint)V.Count <= (nuint)length; i += (nuint)V.Count) body.At<V>(i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nuint Run<TBody, L, F, I>(TBody body, nuint i, int length)
        where TBody : struct, IWideBody, allows ref struct
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        for (; i + (nuint)I.Count <= (nuint)length; i += (nuint)I.Count) body.At<L, F, I>(i);
        return i;
    }
}
