using System.Numerics;

namespace Graft.Kernels.Segments;

/// <summary>Sorting values into intervals.</summary>
internal static class Buckets
{
    /// <summary>
    /// output[i] = the number of boundaries that are not above input[i]; all of them for NaN. Boundaries ascend. All types but double are
    /// compared as float, as the reference does.
    /// </summary>
    public static void Apply<T>(ReadOnlySpan<T> input, ReadOnlySpan<float> boundaries, Span<int> output) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < input.Length; i++)
        {
            double value = typeof(T) == typeof(double) ? double.CreateTruncating(input[i]) : float.CreateTruncating(input[i]);
            int low = 0, high = boundaries.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (value < boundaries[middle]) high = middle;
                else low = middle + 1;
            }
            output[i] = low;
        }
    }
}
