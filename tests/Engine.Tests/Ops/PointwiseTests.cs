using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>What goldens do not show of the operators on elements and of reductions: refusals, limits, and independence of threads.</summary>
public sealed class PointwiseTests
{
    [Fact]
    public void Shapes_that_do_not_broadcast_are_named()
    {
        var error = Assert.Throws<OperatorException>(() => Run(Binary(BuiltinOperator.Mul, DType.Float32, [2, 3], [4]), 1f, 1f));
        Assert.Contains("MUL", error.Message);
        Assert.Contains("[2,3] and [4] do not broadcast", error.Message);
    }

    [Theory]
    [InlineData(nameof(BuiltinOperator.Div), "the divisor stands for zero")]
    [InlineData(nameof(BuiltinOperator.FloorDiv), "the divisor stands for zero")]
    [InlineData(nameof(BuiltinOperator.FloorMod), "the divisor stands for zero")]
    public void An_integer_divisor_must_not_be_zero(string code, string problem)
    {
        using var model = Binary(Enum.Parse<BuiltinOperator>(code), DType.Int32, [3], [3]).Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<int>().Fill(7);
        interpreter.Inputs[1].Span<int>().Fill(2);
        interpreter.Inputs[1].Span<int>()[1] = 0;
        var error = Assert.Throws<OperatorException>(() => interpreter.Invoke());
        Assert.Contains("element 1 is 0: " + problem, error.Message);
        interpreter.Inputs[1].Span<int>().Fill(2);
        interpreter.Invoke();
        Assert.Equal(code == nameof(BuiltinOperator.FloorMod) ? 1 : 3, interpreter.Outputs[0].Span<int>()[1]);
    }

    [Theory]
    [InlineData(nameof(BuiltinOperator.Div), int.MinValue)]
    [InlineData(nameof(BuiltinOperator.FloorDiv), int.MinValue)]
    [InlineData(nameof(BuiltinOperator.FloorMod), 0)]
    public void The_smallest_integer_divided_by_minus_one_wraps(string code, int expected) =>
        Assert.Equal(expected, Run(Binary(Enum.Parse<BuiltinOperator>(code), DType.Int32, [1], [1]), int.MinValue, -1)[0]);

    [Fact]
    public void An_integer_power_needs_an_exponent_that_is_not_negative()
    {
        var error = Assert.Throws<OperatorException>(() => Run(Binary(BuiltinOperator.Pow, DType.Int32, [2], [2]), 2, -1));
        Assert.Contains("element 0 is -1: an integer exponent must not be negative", error.Message);
    }

    [Theory]
    [InlineData(0f, "has no scale")]
    [InlineData(-1f, "scale -1; a positive finite number is expected")]
    [InlineData(float.NaN, "scale NaN; a positive finite number is expected")]
    public void Quantised_data_needs_a_scale_with_a_meaning(float scale, string problem)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 4), y = b.Tensor("y", DType.Int8, 4);
        if (scale != 0) b.Quantize(x, scale);
        b.Quantize(y, 0.5f).Operator(BuiltinOperator.Sqrt, [x], [y]).Output(y);
        Assert.Contains(problem, Refusal(b));
    }

    [Fact]
    public void A_zero_point_outside_the_type_is_refused()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 4), y = b.Tensor("y", DType.Int8, 4);
        b.Quantize(x, 0.5f, 128).Quantize(y, 0.5f).Operator(BuiltinOperator.Relu, [x], [y]).Output(y);
        Assert.Contains("zero point 128, outside [-128, 127] of int8", Refusal(b));
    }

    [Fact]
    public void A_quantised_root_of_a_negative_value_is_an_error()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 4), y = b.Tensor("y", DType.Int8, 4);
        b.Quantize(x, 0.5f, 3).Quantize(y, 0.5f).Operator(BuiltinOperator.Sqrt, [x], [y]).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<sbyte>().Fill(3);
        interpreter.Invoke();
        interpreter.Inputs[0].Span<sbyte>()[2] = 2;
        Assert.Contains("element 2 is 2", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
    }

    [Fact]
    public void Quantised_comparison_refuses_scales_from_one_up()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 4), z = b.Input("z", DType.Int8, 4), y = b.Tensor("y", DType.Bool, 4);
        b.Quantize(x, 1f).Quantize(z, 0.5f).Operator(BuiltinOperator.Less, [x, z], [y]).Output(y);
        Assert.Contains("must be below 1 to be compared", Refusal(b));
    }

    [Theory]
    [InlineData(nameof(BuiltinOperator.Sum), 2, "axis 2 is outside [-2, 1]")]
    [InlineData(nameof(BuiltinOperator.ArgMax), -3, "axis -3 is outside [-2, 1]")]
    [InlineData(nameof(BuiltinOperator.ArgMax), 1, "axis 1 of [3,0] is empty")]
    public void Axes_are_checked(string code, int axis, string problem)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 3, 0);
        int y = b.Tensor("y", code == nameof(BuiltinOperator.Sum) ? DType.Float32 : DType.Int32, 3);
        b.Operator(Enum.Parse<BuiltinOperator>(code), [x, b.Constant("axis", [axis], 1)], [y]).Output(y);
        Assert.Contains(problem, Refusal(b));
    }

    [Fact]
    public void An_empty_mean_is_not_a_number_and_an_empty_sum_is_zero()
    {
        foreach (var (code, expected) in ((BuiltinOperator, float)[])[(BuiltinOperator.Mean, float.NaN), (BuiltinOperator.Sum, 0)])
        {
            var b = new ModelBuilder();
            int x = b.Input("x", DType.Float32, 2, 0), y = b.Tensor("y", DType.Float32, 2);
            b.Operator(code, [x, b.Constant("axis", [1], 1)], [y], new ReducerOptionsRecord()).Output(y);
            using var model = b.Load();
            using var interpreter = new Interpreter(model);
            interpreter.Invoke();
            Assert.Equal([expected, expected], interpreter.Outputs[0].Span<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(KernelSet.Fast)]
    [InlineData(KernelSet.Reference)]
    public void Results_do_not_depend_on_the_number_of_threads(KernelSet kernels)
    {
        float[] one = Mixed(kernels, 1);
        Assert.Equal(one, Mixed(kernels, 2));
        Assert.Equal(one, Mixed(kernels, 5));
    }

    /// <summary>Broadcasts along inner and outer axes, a reduction and a softmax, with units that do not divide evenly.</summary>
    private static float[] Mixed(KernelSet kernels, int threads)
    {
        const int rows = 173, columns = 331;
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, rows, columns), bias = b.Input("bias", DType.Float32, columns);
        int sum = b.Tensor("sum", DType.Float32, rows, columns), mean = b.Tensor("mean", DType.Float32, rows, 1);
        int centred = b.Tensor("centred", DType.Float32, rows, columns), y = b.Tensor("y", DType.Float32, rows, columns);
        b.Operator(BuiltinOperator.Add, [x, bias], [sum], new AddOptionsRecord());
        b.Operator(BuiltinOperator.Mean, [sum, b.Constant("axis", [1], 1)], [mean], new ReducerOptionsRecord { KeepDims = true });
        b.Operator(BuiltinOperator.Sub, [sum, mean], [centred], new SubOptionsRecord());
        b.Operator(BuiltinOperator.Softmax, [centred], [y], new SoftmaxOptionsRecord { Beta = 1 }).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model, new() { Kernels = kernels, Threads = threads });
        var random = new Random(5);
        foreach (var input in interpreter.Inputs)
        {
            foreach (ref float value in input.Span<float>()) value = (float)(random.NextDouble() * 4) - 2;
        }
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }

    private static ModelBuilder Binary(BuiltinOperator code, DType type, int[] a, int[] b)
    {
        var builder = new ModelBuilder();
        int x = builder.Input("x", type, a), z = builder.Input("z", type, b), y = builder.Tensor("y", type, a);
        return builder.Operator(code, [x, z], [y]).Output(y);
    }

    private static T[] Run<T>(ModelBuilder builder, T a, T b) where T : unmanaged
    {
        using var model = builder.Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<T>().Fill(a);
        interpreter.Inputs[1].Span<T>().Fill(b);
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<T>().ToArray();
    }

    private static string Refusal(ModelBuilder builder) => Assert.Throws<OperatorException>(() =>
    {
        using var model = builder.Load();
        using var interpreter = new Interpreter(model);
        interpreter.AllocateTensors();
    }).Message;
}
