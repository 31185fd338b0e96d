namespace Graft.Kernels.Tests;

public sealed class MathTests
{
    private const int SampleCount = 1_000_003;

    public static TheoryData<string> Names => new(MathCase.All.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void StaysWithinItsBound(string name)
    {
        MathCase row = MathCase.Named(name);
        float[] input = FloatSample.Make(SampleCount);
        float[] output = new float[input.Length];
        row.Apply(input, output);
        Assert.Null(row.FirstFailure(input, output));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StaysWithinItsBoundWhereValuesLie(string name)
    {
        MathCase row = MathCase.Named(name);
        var random = new Random(1);
        foreach (double range in new[] { 1.0, 20.0, 1024.0 })
        {
            float[] input = [.. Enumerable.Range(0, SampleCount / 2)
                .Select(_ => (float)((random.NextDouble() - 0.5) * 2 * range))];
            float[] output = new float[input.Length];
            row.Apply(input, output);
            Assert.Null(row.FirstFailure(input, output));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GivesTheSameBitsAtEveryWidth(string name)
    {
        MathCase row = MathCase.Named(name);
        float[] input = FloatSample.Make(65_537);
        float[] expected = new float[input.Length], actual = new float[input.Length];
        row.Widths[0](input, expected);
        foreach (MathCase.Loop loop in row.Widths[1..])
        {
            loop(input, actual);
            Bits.Equal<float>(expected, actual, name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WritesEveryTailAndNothingElse(string name)
    {
        const int longest = (2 * 16) + 1, guard = 40;
        const float untouched = 12345.678f;
        MathCase row = MathCase.Named(name);
        float[] sample = FloatSample.Make(guard + longest);
        float[] expected = new float[sample.Length];
        row.Widths[0](sample, expected);
        foreach (MathCase.Loop loop in row.Widths)
        {
            for (int length = 0; length <= longest; length++)
            {
                float[] output = new float[guard + length + guard];
                Array.Fill(output, untouched);
                loop(sample.AsSpan(0, length), output.AsSpan(guard, length));
                Bits.Equal<float>(expected.AsSpan(0, length), output.AsSpan(guard, length), $"{name}, length {length}");
                Assert.All(output[..guard].Concat(output[(guard + length)..]), value => Assert.Equal(untouched, value));
                float[] inPlace = sample[..length];
                loop(inPlace, inPlace);
                Bits.Equal<float>(expected.AsSpan(0, length), inPlace, $"{name} in place, length {length}");
            }
        }
    }
}
