using System.Diagnostics;
using Graft.Tests;

namespace Graft.Schema.Tests;

public sealed class MutationTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    [Fact]
    public void Mutations_of_built_models_are_refused_or_safe() =>
        Mutate([SmallModel.Bytes(), RecordFiller.EveryTable(), new RecordFiller(2).Model().ToBytes()], 1000);

    [SharedFact]
    public void Mutations_of_corpus_models_are_refused_or_safe()
    {
        string[] files = SharedCorpus.Files("kernels");
        byte[][] models = [.. Enumerable.Range(0, 40).Select(i => File.ReadAllBytes(files[i * (files.Length / 40)]))];
        Mutate([.. models.Where(m => !Walk.Refuses(m))], 100);
    }

    private static void Mutate(byte[][] models, int each)
    {
        int refused = 0;
        for (int model = 0; model < models.Length; model++)
        {
            for (int seed = 0; seed < each; seed++)
            {
                byte[] bytes = (byte[])models[model].Clone();
                Change(bytes, new Random((1000 * model) + seed));
                long start = Stopwatch.GetTimestamp();
                refused += Walk.Refuses(bytes) ? 1 : 0;
                Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"model {model} seed {seed} took too long");
            }
        }

        Assert.InRange(refused, models.Length * each / 20, (models.Length * each) - 1);
    }

    private static void Change(byte[] bytes, Random random)
    {
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            int at = random.Next(8, bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(at, Math.Min(4, bytes.Length - at)));
                    break;
                default:
                    int from = random.Next(bytes.Length);
                    int length = Math.Min(random.Next(1, 16), bytes.Length - Math.Max(at, from));
                    bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                    break;
            }
        }
    }
}
