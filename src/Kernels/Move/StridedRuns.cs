using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Move;

/// <summary>Runs of a strided copy that read backwards or every second element, for elements of 1 to 8 bytes.</summary>
internal static class StridedRuns
{
    /// <summary>to[i] = from[-i] for i in [0, length).</summary>
    public static void Reverse<T>(ref T from, ref T to, int length) where T : unmanaged, IBinaryNumber<T>
    {
        nuint done = Isa.Current switch
        {
            VectorWidth.V512 => Reverse<T, V512<T>>(ref from, ref to, 0, length),
            VectorWidth.V256 => Reverse<T, V256<T>>(ref from, ref to, 0, length),
            VectorWidth.V128 => Reverse<T, V128<T>>(ref from, ref to, 0, length),
            _ => 0,
        };
        Reverse<T, Scalar<T>>(ref from, ref to, done, length);
    }

    /// <summary>to[i] = from[2 * i] for i in [0, length).</summary>
    public static void EverySecond<T>(ref T from, ref T to, int length) where T : unmanaged, IBinaryNumber<T>
    {
        nuint done = Isa.Current switch
        {
            VectorWidth.V512 => EverySecond<T, V512<T>>(ref from, ref to, 0, length),
            VectorWidth.V256 => EverySecond<T, V256<T>>(ref from, ref to, 0, length),
            VectorWidth.V128 => EverySecond<T, V128<T>>(ref from, ref to, 0, length),
            _ => 0,
        };
        EverySecond<T, Scalar<T>>(ref from, ref to, done, length);
    }

    /// <summary>One width, chosen by the caller: whole vectors from <paramref name="i"/> on; returns where they end.</summary>
    // In bounds: Count elements from i on lie in the run, and as many end at its place in the source.
    [MethodImpl(Jit.Loop)]
    public static nuint Reverse<T, V>(ref T from, ref T to, nuint i, int length)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        nuint step = (nuint)V.Count;
        for (; i + step <= (nuint)length; i += step) V.Store(V.Reverse(V.Load(ref Unsafe.Subtract(ref from, i + step - 1), 0)), ref to, i);
        return i;
    }

    /// <summary>The same of every second element.</summary>
    // In bounds: the last element that a vector reads lies between two of the run.
    [MethodImpl(Jit.Loop)]
    public static nuint EverySecond<T, V>(ref T from, ref T to, nuint i, int length)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        // A single lane reads no neighbour.
        nuint step = (nuint)V.Count, reached = step > 1 ? step + 1 : step;
        for (; i + reached <= (nuint)length; i += step) V.Store(V.Even(V.Load(ref from, 2 * i), V.Load(ref from, (2 * i) + step)), ref to, i);
        return i;
    }
}
