using Graft.Planning;
using Graft.Runtime;

namespace Graft.Tests;

public sealed class ArenaTests
{
    /// <summary>How far above the lower bound the arena of a random graph may be; chains and residual nets reach the bound.</summary>
    private const double RandomExcessMax = 1.2;

    private static readonly CustomOperator[] Operators =
        [TestOperators.Increment, TestOperators.Sum, new InternalOperator("Double", new InPlaceDouble())];

    [Fact]
    public void Random_graphs_compute_what_they_compute_without_sharing_memory()
    {
        double worst = 1;
        for (int seed = 0; seed < 300; seed++)
        {
            using var model = RandomGraph(seed).Load(Operators);
            using var shared = new Interpreter(model);
            using var apart = new Interpreter(model, new() { PreserveAllTensors = true });
            float[][] expected = Run(apart, seed, apart.Outputs);
            Assert.Equal(expected, Run(shared, seed, shared.Outputs));
            Assert.Equal(expected, Run(shared, seed, shared.Outputs));
            Assert.True(shared.ArenaBytes >= shared.ArenaLowerBound, $"seed {seed}: {shared.ArenaBytes} < {shared.ArenaLowerBound}");
            Assert.True(shared.ArenaBytes <= apart.ArenaBytes);
            worst = Math.Max(worst, (double)shared.ArenaBytes / shared.ArenaLowerBound);
            AssertAligned(shared);
        }
        Assert.InRange(worst, 1, RandomExcessMax);
    }

    [Fact]
    public void Items_alive_together_never_overlap()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            var items = new ArenaPlanner.Item[random.Next(1, 60)];
            for (int i = 0; i < items.Length; i++)
            {
                int first = random.Next(-1, 30);
                items[i] = new(random.Next(4) == 0 ? random.Next(3) : random.Next(1, 5000), first, first + random.Next(0, 12));
            }
            var result = ArenaPlanner.Place(items);
            for (int i = 0; i < items.Length; i++)
            {
                Assert.True(items[i].ByteCount == 0 || result.Offsets[i] % 64 == 0);
                Assert.InRange(result.Offsets[i] + items[i].ByteCount, 0, result.ByteCount);
                for (int j = 0; j < i; j++) Assert.False(AliveTogether(items[i], items[j]) && Overlap(items, result, i, j), $"round {round}: {i} and {j}");
            }
            Assert.True(result.ByteCount >= result.LowerBound);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chains_and_residual_nets_need_no_more_than_the_bound(bool residual)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 100);
        for (int i = 0; i < 40; i++)
        {
            int width = residual ? 100 : 100 + (i * 37 % 90);
            int y = Widen(b, Increment(b, x, $"a{i}"), $"b{i}", width);
            if (residual)
            {
                int sum = b.Tensor($"s{i}", DType.Float32, 100);
                b.Custom("Sum", [x, y], [sum]);
                y = sum;
            }
            x = y;
        }
        using var model = b.Output(x).Load([.. Operators, new Widening()]);
        using var interpreter = new Interpreter(model);
        Assert.Equal(interpreter.ArenaLowerBound, interpreter.ArenaBytes);
    }

    [Fact]
    public void Views_and_in_place_operators_share_memory()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2, 32);
        int a = b.Custom("Increment", [x], "a", DType.Float32, 2, 32);
        int view = b.Reshape(a, "view", 64);
        int doubled = b.Custom("Double", [view], "doubled", DType.Float32, 64);
        int again = b.Custom("Double", [doubled], "again", DType.Float32, 64);
        using var model = b.Output(b.Custom("Increment", [again], "y", DType.Float32, 64)).Load(Operators);
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<float>().Fill(1);
        interpreter.Invoke();
        Assert.Equal(9, interpreter.Outputs[0].Span<float>()[63]);
        var tensors = interpreter.Session.Frame(0).Tensors;
        Assert.Single(new HashSet<nint>([tensors[a].Address, tensors[view].Address, tensors[doubled].Address, tensors[again].Address]));
        Assert.Equal(4, interpreter.Session.Frame(0).Plan!.Steps.Length);
        Assert.Equal(3 * 64 * sizeof(float), interpreter.ArenaBytes);
    }

    [Fact]
    public void What_is_read_later_is_not_overwritten_in_place()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4);
        int a = b.Custom("Increment", [x], "a", DType.Float32, 4);
        int view = b.Reshape(a, "view", 2, 2);
        int fromInput = b.Custom("Double", [b.Reshape(x, "xv", 2, 2)], "fromInput", DType.Float32, 2, 2);
        int fromView = b.Custom("Double", [view], "fromView", DType.Float32, 2, 2);
        int sum = b.Tensor("sum", DType.Float32, 4);
        b.Custom("Sum", [a, fromView, fromInput], [sum]);
        using var model = b.Output(sum, view, a).Load(Operators);
        using var interpreter = new Interpreter(model);
        for (int run = 0; run < 2; run++)
        {
            if (run == 0) interpreter.Inputs[0].Span<float>().Fill(1);
            interpreter.Invoke();
            Assert.Equal(1, interpreter.Inputs[0].Span<float>()[3]);
            Assert.Equal(2, interpreter.Outputs[1].Span<float>()[3]);
            Assert.Equal(2, interpreter.Outputs[2].Span<float>()[3]);
            Assert.Equal((((2.125f * 0.75f) + 4.125f) * 0.75f) + 2.125f, interpreter.Outputs[0].Span<float>()[3]);
        }
    }

    private static ModelBuilder RandomGraph(int seed)
    {
        var random = new Random(seed);
        var b = new ModelBuilder();
        var bySize = new Dictionary<int, List<int>>();
        int[] sizes = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => 4 * random.Next(1, 60))];
        foreach (int size in sizes.Distinct()) bySize[size] = [b.Input($"x{size}", DType.Float32, size)];
        int[] kinds = [.. bySize.Keys];
        for (int n = random.Next(3, 40); n > 0; n--)
        {
            int size = kinds[random.Next(kinds.Length)];
            var known = bySize[size];
            int Any() => known[^(1 + random.Next(Math.Min(known.Count, 5)))];
            int made = random.Next(5) switch
            {
                0 => Increment(b, Any(), $"i{n}"),
                1 => b.Custom("Double", [Any()], $"d{n}", DType.Float32, size),
                2 => b.Reshape(b.Reshape(Any(), $"v{n}", size / 4, 4), $"r{n}", size),
                _ => b.Custom("Sum", [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any())], $"s{n}", DType.Float32, size),
            };
            known.Add(made);
            if (random.Next(12) == 0) b.Output(made);
        }
        return b.Output([.. bySize.Values.Select(t => t[^1]).Except(b.Record.Subgraphs![0].Outputs!)]);
    }

    private static int Increment(ModelBuilder b, int x, string name) =>
        b.Custom("Increment", [x], name, DType.Float32, b.TensorAt(x).Shape!);

    private static int Widen(ModelBuilder b, int x, string name, int width)
    {
        int y = b.Tensor(name, DType.Float32, width);
        b.Custom("Widen", [x], [y], BitConverter.GetBytes(width));
        return y;
    }

    private static float[][] Run(Interpreter interpreter, int seed, IEnumerable<Tensor> outputs)
    {
        // Whatever is left over from an earlier run or lies in fresh memory must not matter.
        interpreter.AllocateTensors();
        foreach (var tensor in outputs) tensor.Span<float>().Fill(float.NaN);
        var random = new Random(seed);
        foreach (var input in interpreter.Inputs)
        {
            foreach (ref float x in input.Span<float>()) x = random.Next(100);
        }
        interpreter.Invoke();
        return [.. outputs.Select(t => t.Span<float>().ToArray())];
    }

    private static void AssertAligned(Interpreter interpreter)
    {
        var frame = interpreter.Session.Frame(0);
        for (int t = 0; t < frame.Tensors.Length; t++)
        {
            if (frame.Plan!.Tensors[t].Placement == Placement.Arena) Assert.Equal(0, frame.Tensors[t].Address % NativeBuffer.Alignment);
        }
    }

    private static bool AliveTogether(ArenaPlanner.Item a, ArenaPlanner.Item b) =>
        a.ByteCount > 0 && b.ByteCount > 0 && a.First <= b.Last && b.First <= a.Last;

    private static bool Overlap(ArenaPlanner.Item[] items, ArenaPlanner.Result result, int i, int j) =>
        result.Offsets[i] < result.Offsets[j] + items[j].ByteCount && result.Offsets[j] < result.Offsets[i] + items[i].ByteCount;

    /// <summary>An output of another length than the input.</summary>
    private sealed class Widening : CustomOperator
    {
        public override string Name => "Widen";

        public override void Infer(CustomOperatorShapes shapes) => shapes.SetOutput(0, BitConverter.ToInt32(shapes.Options));

        public override void Run(CustomOperatorRun run) => run.Output<float>(0).Fill(run.Input<float>(0)[0]);
    }
}
