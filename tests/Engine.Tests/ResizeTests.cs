namespace Graft.Tests;

public sealed class ResizeTests
{
    [Fact]
    public void Back_and_forth_gives_the_results_of_fresh_interpreters()
    {
        using var model = Rows().Load();
        using var interpreter = new Interpreter(model);
        foreach (int rows in (int[])[1, 5, 300, 2, 0, 7, 1])
        {
            interpreter.ResizeInputTensor(0, [rows, 2]);
            using var fresh = new Interpreter(model);
            fresh.ResizeInputTensor(0, [rows, 2]);
            Assert.Equal(Run(fresh), Run(interpreter));
            Assert.Equal(new Shape(rows, 1, 2), interpreter.Outputs[0].Shape);
        }
    }

    [Fact]
    public void Strict_resizing_changes_open_dimensions_only()
    {
        var b = Rows();
        b.TensorAt(0).ShapeSignature = [-1, 2];
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.ResizeInputTensor(0, [9, 2], strict: true);
        Assert.Equal(18, Run(interpreter).Length);
        Assert.Throws<ArgumentException>(() => interpreter.ResizeInputTensor(0, [9, 4], strict: true));
        Assert.Throws<ArgumentException>(() => interpreter.ResizeInputTensor(0, [9, 2, 1], strict: true));
        Assert.Equal(new Shape(9, 2), interpreter.Inputs[0].Shape);
    }

    [Fact]
    public void Shapes_that_do_not_fit_fail_with_the_nodes_name_and_can_be_taken_back()
    {
        using var model = Rows().Load();
        using var interpreter = new Interpreter(model);
        float[] expected = Run(interpreter);
        interpreter.ResizeInputTensor(0, [3, 5]);
        for (int i = 0; i < 2; i++)
        {
            var e = Assert.Throws<OperatorException>(() => interpreter.Invoke());
            Assert.Equal("node 0 FULLY_CONNECTED \"y\"", e.Node);
            Assert.Contains("[3,5]", e.Message);
            Assert.Throws<OperatorException>(interpreter.AllocateTensors);
        }
        interpreter.ResizeInputTensor(0, [1, 2]);
        Assert.Equal(expected, Run(interpreter));
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(-1, new[] { 1 })]
    [InlineData(0, new[] { -1, 2 })]
    [InlineData(0, new[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    [InlineData(0, new[] { 1 << 16, 1 << 15 })]
    [InlineData(0, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 })]
    public void What_no_input_can_be_is_refused_at_once(int input, int[] shape)
    {
        using var model = Rows().Load();
        using var interpreter = new Interpreter(model);
        float[] expected = Run(interpreter);
        Assert.Throws<ArgumentException>(() => interpreter.ResizeInputTensor(input, shape));
        Assert.Equal(expected, Run(interpreter));
    }

    [Fact]
    public void Zero_sized_tensors_run()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 0, 4);
        int y = b.Custom("Increment", [x], "y", DType.Float32, 0, 4);
        using var model = b.Output(b.Reshape(y, "z", 0, 2), y).Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        interpreter.Invoke();
        Assert.Equal(0, interpreter.Outputs[0].Bytes.Length);
        Assert.Equal(new Shape(0, 2), interpreter.Outputs[0].Shape);
        Assert.Equal(0, interpreter.Outputs[1].Span<float>().Length);
    }

    [Fact]
    public void A_span_is_taken_anew_after_a_resize()
    {
        using var model = Rows().Load();
        using var interpreter = new Interpreter(model);
        Assert.Equal(2, interpreter.Inputs[0].Span<float>().Length);
        interpreter.ResizeInputTensor(0, [1000, 2]);
        Assert.Equal(2000, interpreter.Inputs[0].Span<float>().Length);
        Assert.Equal(8000, interpreter.Outputs[0].Bytes.Length);
    }

    [Fact]
    public void More_memory_than_the_machine_has_is_an_error_that_can_be_taken_back()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2);
        int[] all = [.. Enumerable.Range(0, 400).Select(i => b.Custom("Increment", [x], $"y{i}", DType.Float32, 2))];
        using var model = b.Output(all).Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        interpreter.Invoke();
        interpreter.ResizeInputTensor(0, [1 << 28]);
        var e = Assert.Throws<OperatorException>(() => interpreter.Invoke());
        Assert.IsType<InsufficientMemoryException>(e.InnerException);
        Assert.Throws<OperatorException>(() => interpreter.Outputs[0].Bytes.Length);
        interpreter.ResizeInputTensor(0, [2]);
        interpreter.Inputs[0].Span<float>().Fill(1);
        interpreter.Invoke();
        Assert.Equal([2f, 2], interpreter.Outputs[399].Span<float>().ToArray());
    }

    private static ModelBuilder Rows()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2);
        int y = b.FullyConnected(x, b.Constant("w", [1f, 2, 3, 4], 2, 2), b.Constant("b", [10f, 20], 2), "y", 1, 2);
        return b.Output(b.Reshape(y, "z", -1, 1, 2));
    }

    private static float[] Run(Interpreter interpreter)
    {
        var x = interpreter.Inputs[0].Span<float>();
        for (int i = 0; i < x.Length; i++) x[i] = i % 11;
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }
}
