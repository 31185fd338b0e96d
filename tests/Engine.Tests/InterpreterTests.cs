namespace Graft.Tests;

public sealed class InterpreterTests
{
    [Fact]
    public void Use_by_a_second_thread_during_a_run_is_refused_and_disturbs_nothing()
    {
        using var gate = new Gate();
        using var model = gate.Model();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<float>().Fill(1);
        var run = gate.Start(() => interpreter.Invoke());
        Assert.Throws<InvalidOperationException>(() => interpreter.Invoke());
        Assert.Throws<InvalidOperationException>(() => interpreter.ResizeInputTensor(0, [1000]));
        Assert.Throws<InvalidOperationException>(() => interpreter.Inputs[0].Bytes.Clear());
        Assert.Throws<InvalidOperationException>(interpreter.ResetVariables);
        Assert.Throws<InvalidOperationException>(interpreter.AllocateTensors);
        Assert.Throws<InvalidOperationException>(() => interpreter.GetSignatureRunner("none"));
        gate.Finish(run);
        Assert.Equal([3f, 3], interpreter.Outputs[0].Span<float>().ToArray());
    }

    [Fact]
    public void Disposal_during_a_run_waits_for_it()
    {
        using var gate = new Gate();
        using var model = gate.Model();
        var interpreter = new Interpreter(model);
        var output = interpreter.Outputs[0];
        interpreter.Inputs[0].Span<float>().Fill(1);
        var memory = interpreter.Session.Frame(0);
        var run = gate.Start(() => interpreter.Invoke());
        interpreter.Dispose();
        interpreter.Dispose();
        Assert.NotEqual(0, memory.Tensors[0].Address);
        gate.Finish(run);
        Assert.Equal([3f, 3], gate.Seen);
        AssertDisposed(interpreter, output);
    }

    [Fact]
    public void After_disposal_everything_says_so()
    {
        using var model = ModelSharingTests.Chain(1).Load(TestOperators.Increment);
        var interpreter = new Interpreter(model);
        var output = interpreter.Outputs[0];
        interpreter.Invoke();
        interpreter.Dispose();
        AssertDisposed(interpreter, output);
    }

    [Fact]
    public void A_run_cannot_begin_another_on_the_same_interpreter()
    {
        Interpreter? interpreter = null;
        using var model = ModelSharingTests.Chain(1).Load(TestOperators.Calling("Increment", _ => interpreter!.Invoke()));
        using (interpreter = new Interpreter(model))
        {
            var e = Assert.Throws<OperatorException>(() => interpreter.Invoke());
            Assert.IsType<InvalidOperationException>(e.InnerException);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void Thread_counts_that_make_no_sense_are_refused(int threads)
    {
        using var model = ModelSharingTests.Chain(1).Load(TestOperators.Increment);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Interpreter(model, new() { Threads = threads }));
    }

    [Fact]
    public void A_span_of_another_type_is_refused()
    {
        var b = new ModelBuilder();
        DType[] types = [DType.Float32, DType.Int8, DType.Bool, DType.Complex64, DType.BFloat16, DType.Int4, DType.String];
        foreach (var type in types) b.Output(b.Input(type.ToString(), type, 2));
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        var e = Assert.Throws<ArgumentException>(() => interpreter.Inputs[0].Span<int>());
        Assert.Equal("tensor \"Float32\" holds float32, not Int32", e.Message);
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[1].Span<byte>());
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[3].Span<long>());
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[6].Span<byte>());
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[0].Strings());
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[0].SetStrings("a"));
        Assert.Equal(2, interpreter.Inputs[1].Span<sbyte>().Length);
        Assert.Equal(2, interpreter.Inputs[2].Span<bool>().Length);
        Assert.Equal(4, interpreter.Inputs[3].Span<float>().Length);
        Assert.Equal(2, interpreter.Inputs[4].Span<ushort>().Length);
        Assert.Equal(1, interpreter.Inputs[5].Span<byte>().Length);
    }

    [Fact]
    public void An_input_with_data_begins_with_it_and_can_be_written()
    {
        var b = new ModelBuilder();
        int x = b.Constant("x", [1f, 2, 3], 3);
        b.Record.Subgraphs![0].Inputs = [x];
        using var model = b.Output(b.Reshape(x, "y", 3, 1)).Load();
        using var interpreter = new Interpreter(model);
        interpreter.Invoke();
        Assert.Equal([1f, 2, 3], interpreter.Outputs[0].Span<float>().ToArray());
        interpreter.Inputs[0].Span<float>().Fill(9);
        interpreter.Invoke();
        Assert.Equal([9f, 9, 9], interpreter.Outputs[0].Span<float>().ToArray());
        using var second = new Interpreter(model);
        second.Invoke();
        Assert.Equal([1f, 2, 3], second.Outputs[0].Span<float>().ToArray());
    }

    [Fact]
    public void A_constant_output_is_a_copy_that_writing_does_not_spoil()
    {
        var b = new ModelBuilder();
        b.Input("x", DType.Float32, 1);
        using var model = b.Output(b.Constant("c", [1f, 2], 2), b.Reshape(b.Constant("s", ["a", "bc"], 2), "t", 1, 2)).Load();
        using var interpreter = new Interpreter(model);
        interpreter.Invoke();
        interpreter.Outputs[0].Span<float>().Fill(7);
        interpreter.Outputs[1].Bytes.Clear();
        using var second = new Interpreter(model);
        second.Invoke();
        Assert.Equal([1f, 2], second.Outputs[0].Span<float>().ToArray());
        Assert.Equal(["a", "bc"], second.Outputs[1].Strings());
    }

    private static void AssertDisposed(Interpreter interpreter, Tensor output)
    {
        Assert.Throws<ObjectDisposedException>(() => interpreter.Invoke());
        Assert.Throws<ObjectDisposedException>(() => interpreter.ResizeInputTensor(0, [3]));
        Assert.Throws<ObjectDisposedException>(() => interpreter.ArenaBytes);
        Assert.Throws<ObjectDisposedException>(interpreter.ResetVariables);
        Assert.Throws<ObjectDisposedException>(() => interpreter.GetSignatureRunner("none"));
        Assert.Throws<ObjectDisposedException>(() => output.Shape);
        Assert.Throws<ObjectDisposedException>(() => output.Bytes.Length);
    }

    /// <summary>A model whose second node waits until it is told to go on: x + 1, the wait, + 1.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly SemaphoreSlim _entered = new(0);
        private readonly SemaphoreSlim _open = new(0);
        private Exception? _failure;

        public float[] Seen { get; private set; } = [];

        public Model Model()
        {
            var b = new ModelBuilder();
            int x = b.Custom("Increment", [b.Input("x", DType.Float32, 2)], "a", DType.Float32, 2);
            return b.Output(b.Custom("Wait", [x], "b", DType.Float32, 2)).Load(TestOperators.Increment, TestOperators.Calling("Wait", run =>
            {
                _entered.Release();
                _open.Wait();
                var y = run.Output<float>(0);
                for (int i = 0; i < y.Length; i++) y[i] = run.Input<float>(0)[i] + 1;
                Seen = y.ToArray();
            }));
        }

        public Thread Start(Action run)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    run();
                }
                catch (Exception e)
                {
                    _failure = e;
                }
            });
            thread.Start();
            Assert.True(_entered.Wait(TimeSpan.FromSeconds(30)));
            return thread;
        }

        public void Finish(Thread run)
        {
            _open.Release();
            Assert.True(run.Join(TimeSpan.FromSeconds(30)));
            Assert.Null(_failure);
        }

        public void Dispose()
        {
            _entered.Dispose();
            _open.Dispose();
        }
    }
}
