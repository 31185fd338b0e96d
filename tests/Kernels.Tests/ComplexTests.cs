using Graft.Kernels.Fourier;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Parts and lengths of complex numbers at every width, against the framework's.</summary>
public sealed class ComplexTests
{
    [Fact]
    public void PartsAndLengthsHaveTheBitsOfPlainCode()
    {
        float[] edges = FloatSample.Make(100);
        float[] pairs = [.. edges.SelectMany(x => edges.SelectMany(y => new[] { x, y }))];
        for (int count = 0; count < 70; count++) Check(pairs.AsSpan(2 * count * count, 2 * count));
        Check(pairs);
    }

    private static void Check(ReadOnlySpan<float> pairs)
    {
        int count = pairs.Length / 2;
        float[] real = new float[count], imaginary = new float[count], length = new float[count], output = new float[count];
        for (int i = 0; i < count; i++) (real[i], imaginary[i], length[i]) = (pairs[2 * i], pairs[(2 * i) + 1], float.Hypot(pairs[2 * i], pairs[(2 * i) + 1]));
        ComplexParts.Take(pairs, 0, output);
        Bits.Equal<float>(real, output, "real");
        ComplexParts.Take(pairs, 1, output);
        Bits.Equal<float>(imaginary, output, "imaginary");
        ComplexParts.Abs<DoublesScalar, Scalar<float>, Scalar<double>>(pairs, output);
        Bits.Equal<float>(length, output, "length, scalar");
        ComplexParts.Abs<Doubles128, V128<float>, V128<double>>(pairs, output);
        Bits.Equal<float>(length, output, "length, 128 bits");
        ComplexParts.Abs<Doubles256, V256<float>, V256<double>>(pairs, output);
        Bits.Equal<float>(length, output, "length, 256 bits");
        ComplexParts.Abs<Doubles512, V512<float>, V512<double>>(pairs, output);
        Bits.Equal<float>(length, output, "length, 512 bits");
    }
}
