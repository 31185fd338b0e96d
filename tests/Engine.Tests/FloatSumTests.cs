using Graft.Schema;

namespace Graft.Tests;

/// <summary>How float products are summed: with one rounding for each term, or on demand as the reference does.</summary>
public sealed class FloatSumTests
{
    private const int Rows = 7, K = 50, Columns = 20;

    [Fact]
    public void The_reference_can_be_reproduced_bit_for_bit()
    {
        using var model = Layer();
        float[] reference = Run(model, new() { Kernels = KernelSet.Reference });
        Assert.Equal(reference, Run(model, new() { ReproduceReferenceFloats = true }));
        Assert.Equal(reference, Run(model, new() { ReproduceReferenceFloats = true, Threads = 3 }));
    }

    [Fact]
    public void Sums_round_once_for_each_term_by_default()
    {
        using var model = Layer();
        float[] x = Floats(Rows * K, 1), w = Floats(Columns * K, 2), bias = Floats(Columns, 3), expected = new float[Rows * Columns];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = bias[i % Columns];
            for (int k = 0; k < K; k++)
            {
                float a = x[i / Columns * K + k], b = w[i % Columns * K + k];
                expected[i] = Kernels.Simd.Isa.HasFma ? MathF.FusedMultiplyAdd(a, b, expected[i]) : expected[i] + a * b;
            }
        }
        Assert.Equal(expected, Run(model, new()));
    }

    [Fact]
    public void A_model_that_quantises_computed_floats_is_summed_as_the_reference_does()
    {
        var b = new ModelBuilder();
        int y = Product(b), q = b.Tensor("q", DType.Int8, Rows, Columns);
        b.Quantize(q, 0.1f).Operator(BuiltinOperator.Quantize, [y], [q]);
        using var model = b.Output(y, q).Load();
        Assert.Equal(Run(model, new() { Kernels = KernelSet.Reference }), Run(model, new()));
    }

    private static Model Layer()
    {
        var b = new ModelBuilder();
        return b.Output(Product(b)).Load();
    }

    private static int Product(ModelBuilder b)
    {
        int x = b.Input("x", DType.Float32, Rows, K), w = b.Constant("w", Floats(Columns * K, 2), Columns, K), bias = b.Constant("b", Floats(Columns, 3), Columns);
        return b.FullyConnected(x, w, bias, "y", Rows, Columns);
    }

    private static float[] Run(Model model, InterpreterOptions options)
    {
        using var interpreter = new Interpreter(model, options);
        Floats(Rows * K, 1).CopyTo(interpreter.Inputs[0].Span<float>());
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
