using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Bench.Overhead;

/// <summary>A matrix times a vector as one writes it by hand for these sizes alone: y[j] = bias[j] + sum of x[i] * weights[j, i].</summary>
internal static class BareLoop
{
    /// <summary>Rows of weights are a multiple of 32 elements but for a rest, which is added one by one.</summary>
    // In bounds: i + 32 and i stay below the length of x, of which weights has one for each element of y.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x);
        for (int j = 0; j < y.Length; j++)
        {
            ref float w = ref MemoryMarshal.GetReference(weights[(j * x.Length)..]);
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            nuint i = 0, end = (nuint)x.Length;
            for (; i + 32 <= end; i += 32)
            {
                s0 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref w, i), s0);
                s1 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref a, i + 8), Vector256.LoadUnsafe(ref w, i + 8), s1);
                s2 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref a, i + 16), Vector256.LoadUnsafe(ref w, i + 16), s2);
                s3 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref a, i + 24), Vector256.LoadUnsafe(ref w, i + 24), s3);
            }
            float sum = Vector256.Sum(s0 + s1 + (s2 + s3));
            for (; i < end; i++) sum += Unsafe.Add(ref a, i) * Unsafe.Add(ref w, i);
            y[j] = sum + bias[j];
        }
    }
}
