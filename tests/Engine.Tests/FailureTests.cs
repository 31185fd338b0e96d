namespace Graft.Tests;

public sealed class FailureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_can_be_cancelled_between_nodes(bool profile)
    {
        using var source = new CancellationTokenSource();
        int reached = 0;
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2);
        int y = b.Custom("Cancel", [b.Custom("Increment", [x], "a", DType.Float32, 2)], "b", DType.Float32, 2);
        using var model = b.Output(b.Custom("After", [y], "c", DType.Float32, 2)).Load(TestOperators.Increment,
            TestOperators.Calling("Cancel", run =>
            {
                source.Cancel();
                run.Input<float>(0).CopyTo(run.Output<float>(0));
            }),
            TestOperators.Calling("After", run =>
            {
                reached++;
                run.Input<float>(0).CopyTo(run.Output<float>(0));
            }));
        using var interpreter = new Interpreter(model, new() { Profile = profile });
        Assert.Throws<OperationCanceledException>(() => interpreter.Invoke(source.Token));
        Assert.Equal(0, reached);
        Assert.Throws<OperationCanceledException>(() => interpreter.Invoke(source.Token));
        interpreter.Inputs[0].Span<float>().Fill(1);
        interpreter.Invoke();
        Assert.Equal((1, 2f), (reached, interpreter.Outputs[0].Span<float>()[1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_a_node_throws_is_reported_with_its_name_and_the_interpreter_goes_on(int threads)
    {
        Exception? thrown = null;
        var b = new ModelBuilder();
        int x = b.Custom("Increment", [b.Input("x", DType.Float32, 2)], "a", DType.Float32, 2);
        using var model = b.Output(b.Custom("Throw", [x], "b", DType.Float32, 2)).Load(TestOperators.Increment, TestOperators.Calling("Throw", run =>
        {
            if (thrown is not null) throw thrown;
            run.Input<float>(0).CopyTo(run.Output<float>(0));
        }));
        using var interpreter = new Interpreter(model, new() { Threads = threads });
        Exception[] all = [new FormatException("one"), new NullReferenceException("two"), new OutOfMemoryException("three"), new OperationCanceledException("four")];
        foreach (var exception in all)
        {
            thrown = exception;
            var e = Assert.Throws<OperatorException>(() => interpreter.Invoke());
            Assert.Equal("node 1 Throw \"b\"", e.Node);
            Assert.Equal($"node 1 Throw \"b\": failed ({exception.GetType().Name}: {exception.Message})", e.Message);
            Assert.Same(exception, e.InnerException);
            thrown = null;
            interpreter.Inputs[0].Span<float>().Fill(1);
            interpreter.Invoke();
            Assert.Equal(2, interpreter.Outputs[0].Span<float>()[0]);
        }
    }

    [Fact]
    public void What_inference_throws_is_reported_with_the_nodes_name()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2), y = b.Tensor("y", DType.Float32, 2);
        b.Custom("Increment", [x], [-1, y]);
        using var model = b.Output(y).Load(new BadInference());
        using var interpreter = new Interpreter(model);
        foreach (var (rank, problem) in ((int, string)[])[(0, "refused"), (1, "failed (IndexOutOfRangeException"), (2, "too many elements"), (3, "exceeds the limit of 2 GB"), (17, "the limit is 16"), (4, "[-1]")])
        {
            interpreter.ResizeInputTensor(0, [rank]);
            var e = Assert.Throws<OperatorException>(interpreter.AllocateTensors);
            Assert.StartsWith("node 0 Increment \"y\": ", e.Message);
            Assert.Contains(problem, e.Message);
        }
    }

    private sealed class BadInference : CustomOperator
    {
        public override string Name => "Increment";

        public override void Infer(CustomOperatorShapes shapes)
        {
            switch (shapes.Input(0)[0])
            {
                case 0: shapes.Refuse("refused"); break;
                case 1: shapes.SetOutput(7, 1); break;
                case 2: shapes.SetOutput(1, int.MaxValue, int.MaxValue, int.MaxValue); break;
                case 3: shapes.SetOutput(1, int.MaxValue, int.MaxValue); break;
                case 4: shapes.SetOutput(1, -1); break;
                default: shapes.SetOutput(1, new int[17]); break;
            }
        }

        public override void Run(CustomOperatorRun run) => throw new NotSupportedException();
    }
}
