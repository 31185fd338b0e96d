using System.Numerics;

namespace Graft.Kernels.Fourier;

/// <summary>
/// The discrete Fourier transform of a fixed length, a power of two: in place, in double, radix 2. Forward: X[k] = sum of
/// x[n] exp(-2 pi i k n / length); inverse: the other sign, without a factor.
/// </summary>
internal sealed class Fft
{
    private readonly Complex[] _roots;
    private readonly int[] _reversed;

    public Fft(int length)
    {
        Length = length;
        _roots = new Complex[length / 2];
        for (int k = 0; k < _roots.Length; k++) _roots[k] = Root(k, length);
        _reversed = new int[length];
        for (int i = 1; i < length; i++) _reversed[i] = (_reversed[i >> 1] >> 1) | ((i & 1) * (length >> 1));
    }

    public int Length { get; }

    /// <summary>exp(-2 pi i k / length).</summary>
    public static Complex Root(int k, int length)
    {
        var (sine, cosine) = Math.SinCos(-2 * Math.PI * k / length);
        return new(cosine, sine);
    }

    public void Forward(Span<Complex> values)
    {
        for (int i = 0; i < _reversed.Length; i++)
        {
            int j = _reversed[i];
            if (i < j) (values[i], values[j]) = (values[j], values[i]);
        }
        for (int half = 1, stride = Length / 2; half < Length; half *= 2, stride /= 2)
        {
            for (int start = 0; start < Length; start += 2 * half)
            {
                var low = values.Slice(start, half);
                var high = values.Slice(start + half, half);
                for (int k = 0; k < low.Length; k++)
                {
                    var root = _roots[k * stride];
                    var (a, b) = (low[k], high[k]);
                    double real = b.Real * root.Real - b.Imaginary * root.Imaginary, imaginary = b.Real * root.Imaginary + b.Imaginary * root.Real;
                    low[k] = new(a.Real + real, a.Imaginary + imaginary);
                    high[k] = new(a.Real - real, a.Imaginary - imaginary);
                }
            }
        }
    }

    public void Inverse(Span<Complex> values)
    {
        foreach (ref var value in values) value = Complex.Conjugate(value);
        Forward(values);
        foreach (ref var value in values) value = Complex.Conjugate(value);
    }
}
