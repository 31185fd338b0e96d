namespace Graft.Tests;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void A_run_of_a_static_graph_allocates_nothing(int threads, bool profile)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 64);
        int y = b.FullyConnected(x, b.Constant("w", [.. Enumerable.Range(0, 64 * 64).Select(i => i * 0.01f)], 64, 64), b.Constant("b", new float[64], 64), "y", 1, 64);
        y = b.Custom("Parallel", [y], "p", DType.Float32, 1, 64);
        y = b.Custom("Double", [b.Custom("Sum", [b.Reshape(y, "r", 8, 8), b.Reshape(x, "s", 8, 8)], "t", DType.Float32, 8, 8)], "u", DType.Float32, 8, 8);
        using var model = b.Output(y).Load(TestOperators.Sum, new InternalOperator("Parallel", new ParallelIncrement()), new InternalOperator("Double", new InPlaceDouble()));
        using var interpreter = new Interpreter(model, new() { Threads = threads, Profile = profile });
        AssertFree(interpreter.Inputs[0], interpreter.Outputs[0], () => interpreter.Invoke());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nor_does_a_signature_whose_nodes_call_subgraphs(int threads)
    {
        using var model = Loop().Load(TestOperators.Increment, TestOperators.Calling("Below10", static run => run.Output<bool>(0)[0] = run.Input<float>(0)[0] < 10), new InternalOperator("Parallel", new ParallelIncrement()));
        using var interpreter = new Interpreter(model, new() { Threads = threads });
        var runner = interpreter.GetSignatureRunner("loop");
        AssertFree(runner.Inputs[0], runner.Outputs[0], () => runner.Invoke());
    }

    private static void AssertFree(Tensor input, Tensor output, Action invoke)
    {
        int run = 0;
        while (run < 30) Run();
        Assert.Equal(0, Allocated.Least(Run, 1000));

        void Run()
        {
            input.Span<float>().Fill(run++);
            invoke();
            if (output.Span<float>().IsEmpty || output.Shape.Rank == 0) throw new InvalidOperationException("no output");
        }
    }

    /// <summary>WHILE x[0] is below 10: x + 1, twice.</summary>
    private static ModelBuilder Loop()
    {
        var b = new ModelBuilder();
        b.Subgraph("main");
        int x = b.Input("x", DType.Float32, 4), y = b.Tensor("y", DType.Float32, 4);
        b.Operator(Schema.BuiltinOperator.While, [x], [y], new Schema.WhileOptionsRecord { CondSubgraphIndex = 1, BodySubgraphIndex = 2 });
        b.Output(y).Signature("loop", [("x", x)], [("y", y)]);
        b.Subgraph("condition");
        int c = b.Input("x", DType.Float32, 4), verdict = b.Tensor("verdict", DType.Bool, 1);
        int begin = b.Constant("begin", [0], 1), size = b.Constant("size", [1], 1), first = b.Tensor("first", DType.Float32, 1);
        b.Operator(Schema.BuiltinOperator.Slice, [c, begin, size], [first], new Schema.SliceOptionsRecord());
        b.Custom("Below10", [first], [verdict]).Output(verdict);
        b.Subgraph("body");
        int z = b.Custom("Increment", [b.Input("x", DType.Float32, 4)], "z", DType.Float32, 4);
        b.Output(b.Custom("Parallel", [z], "z2", DType.Float32, 4));
        return b;
    }
}
