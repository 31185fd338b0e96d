using Graft.Schema;

namespace Graft.Tests;

/// <summary>
/// What goldens cannot show of the moving operators: bad values at run time, and types that the reference lacks.
/// </summary>
public sealed class MoveOperatorTests
{
    [Theory]
    [InlineData(0, "begin 0")]
    [InlineData(3, null)]
    [InlineData(4, "begin 4 along axis 0 is outside [0, 3]")]
    [InlineData(-1, "begin -1 along axis 0 is outside [0, 3]")]
    [InlineData(int.MinValue, "is outside [0, 3]")]
    public void Slice_reads_begin_while_it_runs(int begin, string? problem)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 5), at = b.Input("at", DType.Int32, 1), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.Slice, [x, at, b.Constant("size", [2], 1)], [y]).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        float[] values = [10, 11, 12, 13, 14];
        values.CopyTo(interpreter.Inputs[0].Span<float>());
        interpreter.Inputs[1].Span<int>()[0] = begin;
        if (problem is null || begin == 0)
        {
            interpreter.Invoke();
            Assert.Equal(values[begin..(begin + 2)], interpreter.Outputs[0].Span<float>().ToArray());
            return;
        }
        var error = Assert.Throws<OperatorException>(() => interpreter.Invoke());
        Assert.Contains("node 0 SLICE \"y\"", error.Message);
        Assert.Contains(problem, error.Message);
        interpreter.Inputs[1].Span<int>()[0] = 1;
        interpreter.Invoke();
        Assert.Equal([11f, 12f], interpreter.Outputs[0].Span<float>().ToArray());
    }

    [Theory]
    [InlineData(2, 22f)]
    [InlineData(-3, 20f)]
    [InlineData(3, null)]
    [InlineData(-4, null)]
    public void Strided_slice_picks_a_row_that_is_known_only_at_run_time(int row, float? expected)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 3, 1), at = b.Input("at", DType.Int32, 1),
            y = b.Tensor("y", DType.Float32, 1);
        int[] inputs = [x, at, b.Constant("end", [0], 1), b.Constant("strides", [1], 1)];
        b.Operator(BuiltinOperator.StridedSlice, inputs, [y],
            new StridedSliceOptionsRecord { ShrinkAxisMask = 1 }).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        Assert.Equal(new Shape(1), interpreter.Outputs[0].Shape);
        new float[] { 20, 21, 22 }.CopyTo(interpreter.Inputs[0].Span<float>());
        interpreter.Inputs[1].Span<int>()[0] = row;
        if (expected is { } value)
        {
            interpreter.Invoke();
            Assert.Equal(value, interpreter.Outputs[0].Span<float>()[0]);
        }
        else
        {
            Assert.Contains("outside [-3, 2]", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
        }
    }

    [Theory]
    [InlineData((int)BuiltinOperator.Gather, "index 1 is 7, outside [0, 3)")]
    [InlineData((int)BuiltinOperator.GatherNd, "index [7] (number 1) is outside [3]")]
    [InlineData((int)BuiltinOperator.EmbeddingLookup, "index 1 is 7, outside [0, 3)")]
    public void Indices_outside_are_named(int op, string problem)
    {
        var b = new ModelBuilder();
        var code = (BuiltinOperator)op;
        bool isLookup = code == BuiltinOperator.EmbeddingLookup, isTuple = code == BuiltinOperator.GatherNd;
        int table = b.Constant("table", [1f, 2, 3, 4, 5, 6], 3, 2);
        int indices = isTuple ? b.Input("i", DType.Int32, 2, 1) : b.Input("i", DType.Int32, 2);
        int y = b.Tensor("y", DType.Float32, 2, 2);
        b.Operator(code, isLookup ? [indices, table] : [table, indices], [y]).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        new[] { 2, 7 }.CopyTo(interpreter.Inputs[0].Span<int>());
        Assert.Contains(problem, Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
        new[] { 2, 0 }.CopyTo(interpreter.Inputs[0].Span<int>());
        interpreter.Invoke();
        Assert.Equal([5f, 6, 1, 2], interpreter.Outputs[0].Span<float>().ToArray());
    }

    [Fact]
    public void Strings_are_transposed_and_joined()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.String, 2, 2), t = b.Tensor("t", DType.String, 2, 2),
            y = b.Tensor("y", DType.String, 4, 2);
        b.Operator(BuiltinOperator.Transpose, [x, b.Constant("perm", [1, 0], 2)], [t]);
        b.Operator(BuiltinOperator.Concatenation, [t, x], [y], new ConcatenationOptionsRecord()).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].SetStrings("a", "", "ccc", "dé");
        interpreter.Invoke();
        Assert.Equal(["a", "ccc", "", "dé", "a", "", "ccc", "dé"], interpreter.Outputs[0].Strings());
    }

    [Fact]
    public void Packed_elements_are_reversed_and_gathered()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.UInt4, 5), r = b.Tensor("r", DType.UInt4, 5), y = b.Tensor("y", DType.UInt4, 3);
        b.Operator(BuiltinOperator.ReverseV2, [x, b.Constant("axis", [0], 1)], [r]);
        b.Operator(BuiltinOperator.Gather, [r, b.Constant("i", [4, 0, 1], 3)], [y], new GatherOptionsRecord()).Output(r,
            y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        new byte[] { 0x21, 0x43, 0x05 }.CopyTo(interpreter.Inputs[0].Bytes);
        interpreter.Invoke();
        Assert.Equal([0x45, 0x23, 0x01], interpreter.Outputs[0].Bytes.ToArray());
        Assert.Equal([0x51, 0x04], interpreter.Outputs[1].Bytes.ToArray());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_before_running()
    {
        Refused(BuiltinOperator.Transpose, [1, 1], "perm [1,1] names axis 1 twice");
        Refused(BuiltinOperator.BroadcastTo, [3, 3], "shape [2,3] does not broadcast to [3,3]");
        Refused(BuiltinOperator.Tile, [1, int.MaxValue], "cannot be repeated 2147483647 times");
        Refused(BuiltinOperator.BroadcastTo, [int.MaxValue, 2, 3], "");
    }

    private static void Refused(BuiltinOperator code, int[] values, string problem)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2, 3), y = b.Tensor("y", DType.Float32, 1);
        b.Operator(code, [x, b.Constant("values", values, values.Length)], [y]).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        Assert.Contains(problem, Assert.Throws<OperatorException>(() => interpreter.AllocateTensors()).Message);
    }
}
