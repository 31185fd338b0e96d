using System.Numerics;

namespace Graft.Kernels.Sort;

/// <summary>
/// Numbers the distinct values of a list in the order of their first appearance. A NaN counts as the least value before it, and where there is
/// none, all that follow count as it: so a search tree ordered by &lt; finds them, which the reference has.
/// </summary>
internal static class Distinct
{
    /// <summary>
    /// numbers[i] becomes the number of values[i]. Returns how many there are. <paramref name="sorted"/> and
    /// <paramref name="positions"/> are scratch of the same length.
    /// </summary>
    public static int Number<T>(ReadOnlySpan<T> values, Span<T> sorted, Span<int> positions, Span<int> numbers)
        where T : unmanaged, INumber<T>
    {
        if (!values.IsEmpty && T.IsNaN(values[0]))
        {
            numbers.Clear();
            return 1;
        }
        values.CopyTo(sorted);
        for (int i = 0; i < positions.Length; i++) positions[i] = i;
        sorted.Sort(positions);
        // Each element first gets the first position of its value.
        for (int begin = 0, end; begin < sorted.Length; begin = end)
        {
            int first = positions[begin];
            for (end = begin + 1; end < sorted.Length && sorted[end] == sorted[begin]; end++)
            {
                first = Math.Min(first, positions[end]);
            }
            for (int i = begin; i < end; i++) numbers[positions[i]] = first;
        }
        int count = 0, least = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = T.IsNaN(values[i]) ? numbers[least] : numbers[i] == i ? count++ : numbers[numbers[i]];
            if (values[i] < values[least]) least = i;
        }
        return count;
    }
}
