using System.Runtime.InteropServices;

namespace Graft.Kernels.Tests;

/// <summary>Equality of bits, where any NaN equals any other.</summary>
internal static class Bits
{
    public static void Equal<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what) where T : unmanaged
    {
        Assert.Equal(expected.Length, actual.Length);
        int at = FirstDifference(expected, actual);
        if (at >= 0) Assert.Fail($"{what}: element {at} is {actual[at]}, expected {expected[at]}");
    }

    private static int FirstDifference<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) where T : unmanaged
    {
        if (typeof(T) != typeof(float))
        {
            ReadOnlySpan<byte> a = MemoryMarshal.AsBytes(expected), b = MemoryMarshal.AsBytes(actual);
            int common = a.CommonPrefixLength(b);
            return common == a.Length ? -1 : common / Math.Max(1, a.Length / expected.Length);
        }
        ReadOnlySpan<float> x = MemoryMarshal.Cast<T, float>(expected), y = MemoryMarshal.Cast<T, float>(actual);
        for (int i = 0; i < x.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(x[i]) == BitConverter.SingleToInt32Bits(y[i]);
            if (!same && !(float.IsNaN(x[i]) && float.IsNaN(y[i]))) return i;
        }
        return -1;
    }
}
