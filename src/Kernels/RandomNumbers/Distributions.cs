using System.Numerics;

namespace Graft.Kernels.RandomNumbers;

/// <summary>Random numbers of a distribution from the bits of a generator, as TensorFlow makes them.</summary>
internal static class Distributions
{
    /// <summary>The least number that the logarithm is taken of.</summary>
    private const float UniformMin = 1e-7f;

    /// <summary>A number in [0, 1) of 23 bits.</summary>
    public static float Uniform(uint bits) => BitConverter.UInt32BitsToSingle((127u << 23) | (bits & 0x7FFFFF)) - 1;

    /// <summary>A number in [0, 1) of 52 bits.</summary>
    public static double Uniform(uint high, uint low) =>
        BitConverter.UInt64BitsToDouble((1023ul << 52) | ((ulong)(high & 0xFFFFF) << 32) | low) - 1;

    public static void FillUniform(PhiloxStream stream, Span<float> output)
    {
        for (int i = 0; i < output.Length; i += 4)
        {
            var block = stream.Next();
            for (int k = 0; k < Math.Min(4, output.Length - i); k++) output[i + k] = Uniform(block[k]);
        }
    }

    /// <summary>
    /// Numbers in [low, high) of 32 or 64 bits: as many random bits, modulo the size of the range, above low. 64 bits are two
    /// words, the lower first.
    /// </summary>
    public static void FillUniform<T>(PhiloxStream stream, T low, T high, Span<T> output) where T : unmanaged, IBinaryInteger<T>
    {
        bool isWide = low.GetByteCount() == sizeof(ulong);
        int perBlock = isWide ? 2 : 4;
        ulong range = ulong.CreateTruncating(high - low) & (isWide ? ulong.MaxValue : uint.MaxValue);
        for (int i = 0; i < output.Length; i += perBlock)
        {
            var block = stream.Next();
            for (int k = 0; k < Math.Min(perBlock, output.Length - i); k++)
            {
                ulong bits = isWide ? block[2 * k] | ((ulong)block[(2 * k) + 1] << 32) : block[k];
                output[i + k] = low + T.CreateTruncating(bits % range);
            }
        }
    }

    /// <summary>Numbers of mean 0 and variance 1, two from two bits each (Box and Muller).</summary>
    public static void FillNormal(PhiloxStream stream, Span<float> output)
    {
        for (int i = 0; i < output.Length; i += 4)
        {
            var block = stream.Next();
            for (int k = 0; k < Math.Min(4, output.Length - i); k += 2)
            {
                float radius = MathF.Sqrt(-2 * MathF.Log(MathF.Max(Uniform(block[k]), UniformMin)));
                var (sine, cosine) = MathF.SinCos((float)(2 * Math.PI * Uniform(block[k + 1])));
                output[i + k] = sine * radius;
                if (i + k + 1 < output.Length) output[i + k + 1] = cosine * radius;
            }
        }
    }

    /// <summary>
    /// The cumulative sum of exp(logit - the highest), to draw from; infinite and NaN logits count as nothing.
    /// </summary>
    public static void Accumulate(ReadOnlySpan<float> logits, Span<double> cumulative)
    {
        float highest = float.MinValue;
        foreach (float logit in logits)
        {
            if (float.IsFinite(logit) && logit > highest) highest = logit;
        }
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsFinite(logits[i])) total += Math.Exp(logits[i] - (double)highest);
            cumulative[i] = total;
        }
    }

    /// <summary>The first index whose cumulative value is above <paramref name="uniform"/> times the total.</summary>
    public static int Draw(ReadOnlySpan<double> cumulative, double uniform)
    {
        double wanted = uniform * cumulative[^1];
        int low = 0, high = cumulative.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (wanted < cumulative[middle]) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
