using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>
/// torch's generator on the CPU: MT19937 (Matsumoto and Nishimura 1998), tempered 32-bit words, seeded the classic way. Some methods store
/// a seed instead of the indices that follow from it.
/// </summary>
internal sealed class TorchGenerator
{
    private const int Length = 624, Middle = 397;

    private readonly uint[] _state = new uint[Length];
    private int _at = Length;

    public TorchGenerator(ulong seed)
    {
        _state[0] = (uint)seed;
        for (uint i = 1; i < Length; i++) _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i;
    }

    /// <summary>
    /// The first <paramref name="count"/> elements of torch.randperm(n): a Fisher-Yates shuffle from the front. Memory grows with the count
    /// only.
    /// </summary>
    /// <exception cref="AdapterException">n is beyond what torch shuffles this way (2^32 / 20).</exception>
    public long[] Permutation(long n, int count)
    {
        if (n >= (1L << 32) / 20) throw new AdapterException($"a permutation of {n} elements is made by another algorithm, which is not supported");
        var moved = new Dictionary<long, long>();
        var first = new long[count];
        for (int i = 0; i < count; i++)
        {
            // The last element has nothing to be exchanged with, and no number is drawn for it.
            long other = i < n - 1 ? i + Next() % (n - i) : i;
            first[i] = moved.GetValueOrDefault(other, other);
            moved[other] = moved.GetValueOrDefault(i, i);
        }
        return first;
    }

    /// <summary>
    /// torch.empty(count).uniform_(-bound, bound) in float32: 24 bits of a word, scaled with one rounding. What comes out as the upper bound
    /// becomes the lower one.
    /// </summary>
    public float[] Uniform(int count, double bound)
    {
        float to = (float)bound;
        return Drawn(count, () => MathF.FusedMultiplyAdd(Fraction(), to + to, -to), to);
    }

    /// <summary>The same in bfloat16, as torch 2.13 has it: drawn in float32, then rounded. Old releases drew 8 bits only.</summary>
    public float[] BrainUniform(int count, double bound)
    {
        float to = (float)bound;
        return Drawn(count, () => FloatBytes.RoundedToBrain(MathF.FusedMultiplyAdd(Fraction(), to + to, -to)), FloatBytes.RoundedToBrain(to));
    }

    /// <summary>Of [0, 1), in multiples of 2^-24: torch.rand in float32.</summary>
    public float Fraction() => (Next() & 0xFFFFFF) * (1f / (1 << 24));

    /// <summary>Of [0, 1) in 53 bits: what NumPy's legacy generator, which has the same state, calls rand.</summary>
    public double Double() => ((Next() >> 5) * 67108864.0 + (Next() >> 6)) / 9007199254740992.0;

    /// <summary>
    /// torch.randn(count) in float32, but for the last bits: Box and Muller's transform of blocks of 16 uniform numbers, the last block drawn
    /// again where it is not full.
    /// </summary>
    /// <exception cref="AdapterException">The count is below 16, where torch draws otherwise.</exception>
    public float[] Normal(int count)
    {
        const int Block = 16;
        if (count < Block) throw new AdapterException($"{count} normal numbers are drawn by another algorithm, which is not supported");
        var numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = Fraction();
        for (int i = 0; i + Block <= count; i += Block) Transform(numbers.AsSpan(i, Block));
        if (count % Block == 0) return numbers;
        foreach (ref float number in numbers.AsSpan(count - Block)) number = Fraction();
        Transform(numbers.AsSpan(count - Block));
        return numbers;
    }

    public uint Next()
    {
        if (_at == Length) Refill();
        uint y = _state[_at++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private static float[] Drawn(int count, Func<float> next, float to)
    {
        var drawn = new float[count];
        for (int i = 0; i < count; i++) drawn[i] = next() is var value && value == to ? -to : value;
        return drawn;
    }

    private static void Transform(Span<float> block)
    {
        int half = block.Length / 2;
        for (int i = 0; i < half; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - block[i]));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * block[i + half]);
            (block[i], block[i + half]) = ((float)(radius * cosine), (float)(radius * sine));
        }
    }

    private void Refill()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7fffffffu);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
        }
        _at = 0;
    }
}
