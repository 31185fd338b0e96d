using System.Numerics;

namespace Graft.Kernels.Move;

/// <summary>Finds the elements that are not zero; a NaN is not.</summary>
internal static class NonZero
{
    public static int Count<T>(ReadOnlySpan<T> values) where T : unmanaged, INumberBase<T>
    {
        int count = 0;
        foreach (T value in values) count += T.IsZero(value) ? 0 : 1;
        return count;
    }

    /// <summary>Writes the coordinates of each, in order: one row of dimensions.Length values.</summary>
    public static void Coordinates<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> dimensions, Span<long> output)
        where T : unmanaged, INumberBase<T>
    {
        int rank = dimensions.Length, next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (T.IsZero(values[i])) continue;
            int rest = i;
            for (int d = rank - 1; d >= 0; d--)
            {
                (rest, int at) = Math.DivRem(rest, dimensions[d]);
                output[next + d] = at;
            }
            next += rank;
        }
    }
}
