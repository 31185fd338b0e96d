using System.Runtime.InteropServices;

namespace Graft.Kernels.Hashing;

/// <summary>Bits that are likely to be equal for similar sets of items.</summary>
internal static class LocalitySensitiveHash
{
    /// <summary>
    /// True when the sum of the items' fingerprints, taken as signed, times their weights (1 without weights) is positive. A fingerprint
    /// is that of the seed's four bytes and the item's.
    /// </summary>
    /// <param name="key">Room for a seed and an item.</param>
    public static bool Sign(float seed, ReadOnlySpan<byte> items, int itemCount, ReadOnlySpan<float> weights, Span<byte> key)
    {
        int itemBytes = items.Length / itemCount;
        MemoryMarshal.Write(key, in seed);
        double score = 0;
        for (int i = 0; i < itemCount; i++)
        {
            items.Slice(i * itemBytes, itemBytes).CopyTo(key[sizeof(float)..]);
            double value = (long)Fingerprint64.Compute(key);
            score += weights.IsEmpty ? value : weights[i] * value;
        }
        return score > 0;
    }
}
