using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Move;

/// <summary>Numbers in equal steps.</summary>
internal static class Ramp
{
    /// <summary>Each number is the one before and the step, added and rounded; integers wrap.</summary>
    public static void Fill<T>(T start, T step, Span<T> output) where T : unmanaged, IBinaryNumber<T>
    {
        // Other sums depend on their order: each waits for the one before.
        var width = IsExact(start, step, output.Length) ? Isa.Filled<T>(output.Length) : VectorWidth.Scalar;
        int done = width switch
        {
            VectorWidth.V512 => Fill<T, V512<T>>(start, step, output),
            VectorWidth.V256 => Fill<T, V256<T>>(start, step, output),
            VectorWidth.V128 => Fill<T, V128<T>>(start, step, output),
            _ => 0,
        };
        T value = done > 0 ? output[done - 1] + step : start;
        for (int i = done; i < output.Length; i++, value = unchecked(value + step)) output[i] = value;
    }

    /// <summary>One width, chosen by the caller: whole vectors, sums in any order being one number; returns where they end.</summary>
    // In bounds: Count elements from i on lie in the output.
    [MethodImpl(Jit.Loop)]
    public static int Fill<T, V>(T start, T step, Span<T> output)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        Span<T> first = stackalloc T[V.Count];
        T wide = T.Zero;
        for (int lane = 0; lane < first.Length; lane++, start = unchecked(start + step), wide = unchecked(wide + step)) first[lane] = start;
        V x = V.Load(ref first[0], 0), steps = V.Splat(wide);
        int i = 0;
        for (; i + V.Count <= output.Length; i += V.Count, x += steps) V.Store(x, ref MemoryMarshal.GetReference(output), (nuint)i);
        return i;
    }

    /// <summary>Integers, and floats that are whole and stay below the first number that has no successor.</summary>
    private static bool IsExact<T>(T start, T step, int count) where T : unmanaged, IBinaryNumber<T>
    {
        if (T.IsInteger(T.One / (T.One + T.One))) return true;
        double highest = double.Abs(double.CreateTruncating(start)) + ((double)count * double.Abs(double.CreateTruncating(step)));
        double successors = typeof(T) == typeof(float) ? 1 << 24 : typeof(T) == typeof(double) ? 1L << 53 : 0;
        return T.IsInteger(start) && T.IsInteger(step) && highest <= successors;
    }
}
