using System.Globalization;
using Graft.Schema;

namespace Graft.Tests;

public sealed class MutationTests
{
    /// <summary>How many times as many mutants as usual: set GRAFT_FUZZ to 10, say, after a change of what reads files.</summary>
    private static readonly int s_depth = int.Parse(Environment.GetEnvironmentVariable("GRAFT_FUZZ") ?? "1", CultureInfo.InvariantCulture);

    private const int PerSmallModel = 1000, PerCorpusModel = 20, CorpusModels = 100, CorpusBytesMax = 1 << 18;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutations_of_small_models_are_refused_or_run(int kind)
    {
        byte[] valid = Model(kind).ToBytes();
        Assert.Null(Hostile.Try(valid, s_operators).Error);
        Mutate(valid, PerSmallModel * s_depth, kind, "small model");
    }

    [SharedFact]
    public void Mutations_of_corpus_models_are_refused_or_run()
    {
        string[] files = SharedCorpus.Files();
        int count = Math.Min(CorpusModels * s_depth, files.Length);
        for (int i = 0; i < count; i++)
        {
            string file = files[(int)((long)i * files.Length / count)];
            if (new FileInfo(file).Length is < 100 or > CorpusBytesMax) continue;
            byte[] valid = File.ReadAllBytes(file);
            if (Hostile.Try(valid).Error is null) Mutate(valid, PerCorpusModel, i, Path.GetRelativePath(SharedCorpus.Path(), file));
        }
    }

    private static readonly CustomOperator[] s_operators = [TestOperators.Increment, TestOperators.Sum, TestOperators.Positive];

    private static void Mutate(byte[] valid, int count, int stream, string name)
    {
        for (int i = 0; i < count; i++)
        {
            int seed = (stream * 1_000_000) + i;
            byte[] bytes = (byte[])valid.Clone();
            Change(bytes, new Random(seed));
            var outcome = Hostile.Try(bytes, s_operators);
            Assert.True(outcome.Fault is null, $"{name}, seed {seed}: {outcome.Fault}");
        }
    }

    private static void Change(byte[] bytes, Random random)
    {
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(8, bytes.Length - 4);
            switch (random.Next(4))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: BitConverter.TryWriteBytes(bytes.AsSpan(at & ~3), s_numbers[random.Next(s_numbers.Length)]); break;
                default: bytes.AsSpan(random.Next(bytes.Length - 4), 4).CopyTo(bytes.AsSpan(at & ~3)); break;
            }
        }
    }

    private static readonly int[] s_numbers = [-1, 0, 1, 2, 3, 7, 127, 255, 65536, 1 << 24, 1 << 30, int.MaxValue, int.MinValue];

    private static ModelBuilder Model(int kind)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2, 2, 1);
        switch (kind)
        {
            case 0:
                int weights = b.Constant("w", [1f, 2, 3, 4], 2, 2);
                return b.Output(b.Reshape(b.FullyConnected(x, weights, b.Constant("b", [1f, 2], 2), "y", 2, 2), "z", 4, 1));
            case 1:
                int y = b.Tensor("y", DType.Float32, 1, 2, 2, 1);
                b.Operator(BuiltinOperator.Conv2D, [x, b.Constant("w", [1f, 2, 3, 4], 1, 2, 2, 1), b.Constant("b", [1f], 1)], [y],
                    new Conv2DOptionsRecord { StrideH = 1, StrideW = 1, Padding = Padding.Same });
                return b.Output(b.Custom("Increment", [b.Custom("Positive", [y], "p", DType.Float32, 1)], "q", DType.Float32, 1));
            case 2:
                return Branches(b, x);
            default:
                return Quantised(b);
        }
    }

    private static ModelBuilder Branches(ModelBuilder b, int x)
    {
        int condition = b.Input("condition", DType.Bool), y = b.Tensor("y", DType.Float32, 1, 2, 2, 1);
        b.Operator(BuiltinOperator.If, [condition, x], [y], new IfOptionsRecord { ThenSubgraphIndex = 1, ElseSubgraphIndex = 2 });
        b.Output(y).Signature("serve", [("x", x), ("condition", condition)], [("y", y)]);
        b.Subgraph("then");
        int a = b.Input("x", DType.Float32, 1, 2, 2, 1);
        b.Output(b.Custom("Sum", [a, b.Constant("c", [1f], 1)], "then", DType.Float32, 1, 2, 2, 1));
        b.Subgraph("else");
        return b.Output(b.Custom("Increment", [b.Input("x", DType.Float32, 1, 2, 2, 1)], "else", DType.Float32, 1, 2, 2, 1));
    }

    private static ModelBuilder Quantised(ModelBuilder b)
    {
        int x = b.Input("q", DType.Int8, 1, 4), y = b.Tensor("y", DType.Int8, 1, 2), s = b.Input("s", DType.String, 2);
        int w = b.Constant("w", DType.Int8, new sbyte[8], 2, 4), bias = b.Constant("b", [5, -5], 2);
        b.Quantize(x, 0.5f, 3).Quantize(w, 0.25f).Quantize(bias, 0.125f).Quantize(y, 1, -7);
        b.Operator(BuiltinOperator.FullyConnected, [x, w, bias], [y], new FullyConnectedOptionsRecord());
        return b.Output(y, b.Reshape(s, "t", 2, 1), b.Reshape(b.Constant("u", ["a", "b"], 2), "v", 1, 2));
    }
}
