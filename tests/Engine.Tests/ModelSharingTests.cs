namespace Graft.Tests;

public sealed class ModelSharingTests
{
    [Fact]
    public void Interpreters_on_several_threads_share_one_model()
    {
        using var model = Chain(4).Load(TestOperators.Increment);
        Parallel.For(0, 16, seed =>
        {
            using var interpreter = new Interpreter(model, new() { Threads = 1 + (seed % 2) });
            for (int run = 0; run < 50; run++)
            {
                int count = 1 + ((seed + run) % 7);
                interpreter.ResizeInputTensor(0, [count]);
                interpreter.Inputs[0].Span<float>().Fill(seed + run);
                interpreter.Invoke();
                Assert.Equal(Enumerable.Repeat(seed + run + 4f, count), interpreter.Outputs[0].Span<float>().ToArray());
            }
        });
    }

    [Theory]
    [InlineData("m12")]
    [InlineData("1m2")]
    [InlineData("12m")]
    [InlineData("21m")]
    [InlineData("mm1122")]
    [InlineData("m1")]
    public void The_order_of_disposal_does_not_matter(string order)
    {
        var model = Chain(2).Load(TestOperators.Increment);
        Interpreter[] interpreters = [new(model), new(model)];
        var alive = new HashSet<int> { 0, 1 };
        foreach (char step in order)
        {
            if (step == 'm')
            {
                model.Dispose();
            }
            else
            {
                interpreters[step - '1'].Dispose();
                alive.Remove(step - '1');
            }
            foreach (int i in alive) AssertRuns(interpreters[i]);
        }
        if (order.Contains('m')) Assert.Throws<ObjectDisposedException>(() => new Interpreter(model));
        foreach (var interpreter in interpreters) interpreter.Dispose();
        model.Dispose();
    }

    [Fact]
    public void A_mapped_model_outlives_its_disposal_while_an_interpreter_runs_it()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Linear().ToBytes());
            foreach (bool copy in (bool[])[false, true])
            {
                var model = Model.Load(path, new() { CopyToMemory = copy });
                using var interpreter = new Interpreter(model);
                model.Dispose();
                interpreter.Inputs[0].Span<float>().Fill(1);
                interpreter.Invoke();
                Assert.Equal([1 + 2 + 10f, 3 + 4 + 20f], interpreter.Outputs[0].Span<float>().ToArray());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Disposal_on_one_thread_and_new_interpreters_on_another_do_not_meet()
    {
        byte[] bytes = Linear().ToBytes();
        for (int round = 0; round < 200; round++)
        {
            var model = Model.Load(bytes);
            var disposal = new Thread(model.Dispose);
            disposal.Start();
            try
            {
                using var interpreter = new Interpreter(model);
                interpreter.Inputs[0].Span<float>().Fill(1);
                interpreter.Invoke();
                Assert.Equal(13, interpreter.Outputs[0].Span<float>()[0]);
            }
            catch (ObjectDisposedException)
            {
                // The disposal was first.
            }
            disposal.Join();
            Assert.Throws<ObjectDisposedException>(() => new Interpreter(model));
        }
    }

    /// <summary>x of shape [2] through so many Increments.</summary>
    internal static ModelBuilder Chain(int length)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2);
        for (int i = 0; i < length; i++) x = b.Custom("Increment", [x], $"y{i}", DType.Float32, 2);
        return b.Output(x);
    }

    /// <summary>FULLY_CONNECTED with weights [[1,2],[3,4]] and bias [10,20].</summary>
    internal static ModelBuilder Linear()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2);
        return b.Output(b.FullyConnected(x, b.Constant("w", [1f, 2, 3, 4], 2, 2), b.Constant("b", [10f, 20], 2), "y", 1, 2));
    }

    private static void AssertRuns(Interpreter interpreter)
    {
        interpreter.Inputs[0].Span<float>().Fill(5);
        interpreter.Invoke();
        Assert.Equal([7f, 7], interpreter.Outputs[0].Span<float>().ToArray());
    }
}
