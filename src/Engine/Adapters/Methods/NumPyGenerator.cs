using System.Numerics;

namespace Graft.Adapters.Methods;

/// <summary>
/// NumPy's default generator: PCG64 (O'Neill 2014, 128-bit state, XSL-RR output) seeded through its SeedSequence, and of what is drawn with it
/// choice without replacement and shuffle. Some methods store a seed instead of the indices that follow from it.
/// </summary>
internal sealed class NumPyGenerator
{
    private const int PoolLength = 4, WordBits = 32;

    /// <summary>More elements than this are chosen by shuffling all, if they are a fiftieth of them or more.</summary>
    private const int ChoiceByShuffle = 10_000, ChoiceShare = 50;

    private static readonly UInt128 Multiplier = new(0x2360ed051fc65da4, 0x4385df649fccf645);

    private readonly UInt128 _increment;
    private UInt128 _state;
    private uint? _upperHalf;

    public NumPyGenerator(ulong seed)
    {
        ulong[] words = Seeds(seed);
        _increment = (new UInt128(words[2], words[3]) << 1) | 1;
        _state = _increment + new UInt128(words[0], words[1]);
        Step();
    }

    /// <summary>Generator.choice(n, count, replace=False): Floyd's sampling, then a shuffle; or the end of a shuffle of all.</summary>
    public int[] Choice(int n, int count)
    {
        if (n > ChoiceByShuffle && count > n / ChoiceShare)
        {
            int[] all = [.. Enumerable.Range(0, n)];
            ShuffleChosen(all, Math.Max(n - count, 1));
            return all[(n - count)..];
        }
        var chosen = new List<int>(count);
        var seen = new HashSet<int>();
        for (int i = n - count; i < n; i++)
        {
            int drawn = (int)Below((uint)i);
            if (!seen.Add(drawn)) seen.Add(drawn = i);
            chosen.Add(drawn);
        }
        int[] order = [.. chosen];
        ShuffleChosen(order, 1);
        return order;
    }

    /// <summary>Generator.shuffle: from the back, partners drawn by rejecting what a mask lets through.</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount((uint)i), other;
            do other = Next() & mask;
            while (other > i);
            (values[i], values[(int)other]) = (values[(int)other], values[i]);
        }
    }

    private void ShuffleChosen(Span<int> values, int first)
    {
        for (int i = values.Length - 1; i >= first; i--)
        {
            int other = (int)Below((uint)i);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    /// <summary>A number of [0, last] by the upper half of a product (Lemire 2019).</summary>
    private uint Below(uint last)
    {
        if (last == 0) return 0;
        uint count = last + 1;
        ulong product = (ulong)Next() * count;
        if ((uint)product < count)
        {
            uint threshold = (uint.MaxValue - last) % count;
            while ((uint)product < threshold) product = (ulong)Next() * count;
        }
        return (uint)(product >> WordBits);
    }

    /// <summary>32 bits: the lower half of a word of 64, and the upper one the next time.</summary>
    private uint Next()
    {
        if (_upperHalf is { } half)
        {
            _upperHalf = null;
            return half;
        }
        Step();
        ulong upper = (ulong)(_state >> 64), word = BitOperations.RotateRight(upper ^ (ulong)_state, (int)(upper >> 58));
        _upperHalf = (uint)(word >> WordBits);
        return (uint)word;
    }

    private void Step() => _state = _state * Multiplier + _increment;

    /// <summary>Four words of 64 bits that NumPy's SeedSequence makes of a seed.</summary>
    private static ulong[] Seeds(ulong seed)
    {
        uint hash = 0x43b0d7e5;
        uint[] pool = [(uint)seed, (uint)(seed >> WordBits), 0, 0];
        for (int i = 0; i < PoolLength; i++) pool[i] = Hashed(pool[i], ref hash, 0x931e8875);
        for (int from = 0; from < PoolLength; from++)
        {
            for (int to = 0; to < PoolLength; to++)
            {
                if (from == to) continue;
                uint mixed = 0xca01f9ddu * pool[to] - 0x4973f715u * Hashed(pool[from], ref hash, 0x931e8875);
                pool[to] = mixed ^ (mixed >> 16);
            }
        }
        hash = 0x8b51f9dd;
        var words = new ulong[PoolLength];
        for (int i = 0; i < 2 * PoolLength; i++) words[i / 2] |= (ulong)Hashed(pool[i % PoolLength], ref hash, 0x58f38ded) << (i % 2 * WordBits);
        return words;
    }

    private static uint Hashed(uint value, ref uint hash, uint factor)
    {
        value ^= hash;
        hash *= factor;
        value *= hash;
        return value ^ (value >> 16);
    }
}
