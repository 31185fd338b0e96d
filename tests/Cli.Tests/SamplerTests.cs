using System.Text;
using Graft.Cli.Generation;

namespace Graft.Cli.Tests;

public sealed class SamplerTests
{
    private const int Draws = 20_000;
    private static readonly float[] s_scores = [1, 3, 0, 3, 2];

    [Fact]
    public void Without_temperature_the_first_of_the_highest_is_taken()
    {
        Assert.Equal(1, new ByteSampler(seed: 7).Next(s_scores));
        Assert.Equal(0, new ByteSampler().Next([float.NegativeInfinity, float.NegativeInfinity]));
        Assert.All(Draw(new ByteSampler(temperature: 5, topK: 1), 100), b => Assert.Equal(1, b));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0)]
    [InlineData(2, 3)]
    public void Frequencies_are_those_of_softmax_over_the_highest(double temperature, int topK)
    {
        int[] counts = new int[s_scores.Length];
        foreach (byte b in Draw(new ByteSampler(temperature, topK, seed: 1), Draws)) counts[b]++;
        int[] allowed = topK == 0 ? [0, 1, 2, 3, 4] : [1, 3, 4];
        double sum = allowed.Sum(i => Math.Exp(s_scores[i] / temperature));
        for (int i = 0; i < counts.Length; i++)
        {
            double p = allowed.Contains(i) ? Math.Exp(s_scores[i] / temperature) / sum : 0;
            Assert.InRange(counts[i] - (p * Draws), -5 * Math.Sqrt(Draws * p * (1 - p)), 5 * Math.Sqrt(Draws * p * (1 - p)));
        }
    }

    [Fact]
    public void A_seed_decides_everything()
    {
        Assert.Equal(Draw(new ByteSampler(1, seed: 3), 50), Draw(new ByteSampler(1, seed: 3), 50));
        Assert.NotEqual(Draw(new ByteSampler(1, seed: 3), 50), Draw(new ByteSampler(1, seed: 4), 50));
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ByteSampler(temperature: -1));
        Assert.Throws<ArgumentException>(() => new ByteSampler(temperature: double.NaN));
        Assert.Throws<ArgumentException>(() => new ByteSampler(topK: -1));
        Assert.Throws<ArgumentException>(() => new ByteSampler().Next([0, float.NaN]));
    }

    [Fact]
    public void Text_comes_in_whole_characters()
    {
        using var output = new StringWriter();
        var stream = new Utf8Stream(output);
        foreach (byte b in Encoding.UTF8.GetBytes("a€😀")) 
        {
            stream.Write(b);
            Assert.DoesNotContain('\uFFFD', output.ToString());
        }
        Assert.Equal("a€😀", output.ToString());
        stream.Write(0xE2);
        Assert.Equal("a€😀", output.ToString());
        stream.End();
        Assert.Equal("a€😀\uFFFD", output.ToString());
    }

    private static byte[] Draw(ByteSampler sampler, int count) => [.. Enumerable.Range(0, count).Select(_ => sampler.Next(s_scores))];
}
