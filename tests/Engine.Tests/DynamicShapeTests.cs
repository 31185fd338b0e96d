using Graft.Schema;

namespace Graft.Tests;

public sealed class DynamicShapeTests
{
    [Fact]
    public void Nodes_after_a_data_dependent_shape_follow_it()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 8);
        int some = b.Custom("Positive", [b.Custom("Increment", [x], "plus", DType.Float32, 8)], "some", DType.Float32, 8);
        int doubled = b.Custom("Double", [b.Reshape(some, "column", -1, 1)], "doubled", DType.Float32, 8, 1);
        int fixedShape = b.Custom("Increment", [x], "fixed", DType.Float32, 8);
        using var model = b.Output(doubled, fixedShape).Load(TestOperators.Increment, TestOperators.Positive, new InternalOperator("Double", new InPlaceDouble()));
        foreach (bool preserve in (bool[])[false, true])
        {
            using var interpreter = new Interpreter(model, new() { PreserveAllTensors = preserve });
            foreach (int positive in (int[])[8, 0, 3, 8, 1, 5])
            {
                var input = interpreter.Inputs[0].Span<float>();
                for (int i = 0; i < input.Length; i++) input[i] = i < positive ? i : -i - 1;
                interpreter.Invoke();
                Assert.Equal(new Shape(positive, 1), interpreter.Outputs[0].Shape);
                Assert.Equal(Enumerable.Range(0, positive).Select(i => 2f * (i + 1)), interpreter.Outputs[0].Span<float>().ToArray());
                Assert.Equal(Enumerable.Range(0, 8).Select(i => i < positive ? i + 1f : -i), interpreter.Outputs[1].Span<float>().ToArray());
            }
            interpreter.ResizeInputTensor(0, [2000]);
            interpreter.Inputs[0].Span<float>().Fill(4);
            interpreter.Invoke();
            Assert.Equal(2000, interpreter.Outputs[0].Span<float>().Length);
            Assert.Equal(10, interpreter.Outputs[0].Span<float>()[1999]);
        }
    }

    [Fact]
    public void A_shape_that_is_an_input_is_read_in_every_run()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2, 6), shape = b.Input("shape", DType.Int32, 2);
        int y = b.Tensor("y", DType.Float32, 1, 1);
        b.Operator(BuiltinOperator.Reshape, [x, shape], [y]);
        using var model = b.Output(b.Custom("Increment", [y], "z", DType.Float32, 1, 1)).Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        foreach (var (rows, columns) in ((int, int)[])[(3, 4), (4, 3), (-1, 12), (12, 1), (3, 4)])
        {
            interpreter.Inputs[0].Span<float>().Fill(rows);
            ((int[])[rows, columns]).CopyTo(interpreter.Inputs[1].Span<int>());
            interpreter.Invoke();
            Assert.Equal(new Shape(12 / columns, columns), interpreter.Outputs[0].Shape);
            Assert.Equal(Enumerable.Repeat(rows + 1f, 12), interpreter.Outputs[0].Span<float>().ToArray());
        }
        ((int[])[5, 5]).CopyTo(interpreter.Inputs[1].Span<int>());
        var e = Assert.Throws<OperatorException>(() => interpreter.Invoke());
        Assert.Equal("node 0 RESHAPE \"y\": 12 elements do not fit shape [5,5]", e.Message);
        ((int[])[6, 2]).CopyTo(interpreter.Inputs[1].Span<int>());
        interpreter.Invoke();
        Assert.Equal(new Shape(6, 2), interpreter.Outputs[0].Shape);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(90)]
    public void A_node_that_meets_many_values_again_and_again_gives_each_its_own_result(int different)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 100), begin = b.Input("begin", DType.Int32, 1), size = b.Input("size", DType.Int32, 1);
        int y = b.Tensor("y", DType.Float32, 1);
        b.Operator(BuiltinOperator.Slice, [x, begin, size], [y]);
        using var model = b.Output(y).Load();
        using var interpreter = new Interpreter(model);
        for (int i = 0; i < 100; i++) interpreter.Inputs[0].Span<float>()[i] = i;
        foreach (int i in Enumerable.Range(0, different).Concat(Enumerable.Range(0, different)).Concat(Enumerable.Range(0, different).Reverse()))
        {
            interpreter.Inputs[1].Span<int>()[0] = i;
            interpreter.Inputs[2].Span<int>()[0] = i % 3 + 1;
            interpreter.Invoke();
            Assert.Equal(Enumerable.Range(i, i % 3 + 1).Select(v => (float)v), interpreter.Outputs[0].Span<float>().ToArray());
        }
    }

    [Fact]
    public void A_shape_computed_from_shapes_is_known_before_the_run()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2, 3), like = b.Input("like", DType.Float32, 6);
        int shape = b.Tensor("shape", DType.Int32, 1), y = b.Tensor("y", DType.Float32, 6);
        b.Operator(BuiltinOperator.Shape, [like], [shape], new ShapeOptionsRecord { OutType = TensorType.Int32 });
        b.Operator(BuiltinOperator.Reshape, [x, shape], [y]);
        using var model = b.Output(b.Custom("Increment", [y], "z", DType.Float32, 6)).Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        interpreter.AllocateTensors();
        Assert.True(interpreter.Session.Frame(0).Plan!.IsStatic);
        interpreter.ResizeInputTensor(0, [5, 5]);
        Assert.Throws<OperatorException>(interpreter.AllocateTensors);
        interpreter.ResizeInputTensor(1, [25]);
        Assert.Equal(new Shape(25), interpreter.Outputs[0].Shape);
    }

    [Fact]
    public void An_output_of_known_shape_cannot_be_resized_by_its_operator()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4);
        int y = b.Custom("Grow", [x], "y", DType.Float32, 4);
        using var model = b.Output(y).Load(TestOperators.Calling("Grow", run => run.ResizeOutput(0, 4000)));
        using var interpreter = new Interpreter(model);
        var e = Assert.Throws<OperatorException>(() => interpreter.Invoke());
        Assert.Contains("was planned with [4] and cannot become [4000]", e.Message);
    }

    [Fact]
    public void Custom_operators_see_absent_inputs_and_types()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4);
        int y = b.Tensor("y", DType.Int32, 4);
        b.Custom("Inspect", [x, -1], [y]);
        string wrong = "";
        using var model = b.Output(y).Load(TestOperators.Calling("Inspect", run =>
        {
            Assert.True(run.HasInput(0));
            Assert.False(run.HasInput(1));
            Assert.Equal((2, 1, DType.Float32, DType.Int32), (run.InputCount, run.OutputCount, run.InputType(0), run.OutputType(0)));
            if (wrong == "input") run.Input<int>(0);
            if (wrong == "absent") run.Input<float>(1);
            if (wrong == "output") run.Output<float>(0);
        }));
        using var interpreter = new Interpreter(model);
        interpreter.Invoke();
        foreach (var (what, problem) in ((string, string)[])[("input", "input 0 holds float32, not Int32"), ("absent", "input 1 is absent"), ("output", "output 0 holds int32, not Single")])
        {
            wrong = what;
            Assert.Equal($"node 0 Inspect \"y\": {problem}", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
        }
    }
}
