using System.Numerics;

namespace Graft.Kernels.Fourier;

/// <summary>Real values from complex ones, which are pairs in memory.</summary>
internal static class ComplexParts
{
    /// <summary>The value at <paramref name="part"/>, 0 or 1, of each pair.</summary>
    public static void Take<T>(ReadOnlySpan<T> pairs, int part, Span<T> output) where T : unmanaged
    {
        for (int i = 0; i < output.Length; i++) output[i] = pairs[2 * i + part];
    }

    /// <summary>The length of each pair as a vector, without overflow; infinite when either part is.</summary>
    public static void Abs<T>(ReadOnlySpan<T> pairs, Span<T> output) where T : unmanaged, IRootFunctions<T>
    {
        for (int i = 0; i < output.Length; i++) output[i] = T.Hypot(pairs[2 * i], pairs[2 * i + 1]);
    }
}
