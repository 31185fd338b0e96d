using Graft.Schema;
using Graft.Tests;

namespace Graft.Bench.Sweep;

/// <summary>How the numbers of a model are stored.</summary>
/// <param name="Activations">Their type.</param>
/// <param name="Weights">Their type.</param>
internal sealed record Numbers(DType Activations, DType Weights)
{
    /// <summary>The type of a bias.</summary>
    public DType Bias => Activations == DType.Float32 ? DType.Float32 : DType.Int32;
}

/// <summary>Models of one layer with seeded weights; right for times only.</summary>
internal static class SweepModel
{
    private const float InputScale = 0.02f, WeightScale = 0.01f, OutputScale = 0.05f;

    private const int Heads = 4, HeadSize = 64;

    /// <summary>The types of the list of <c>compare</c>.</summary>
    public static readonly (string Name, Numbers Numbers)[] Types =
    [
        ("fp32", new(DType.Float32, DType.Float32)), ("int8", new(DType.Int8, DType.Int8)), ("dynamic", new(DType.Float32, DType.Int8)),
    ];

    public static byte[] Dense(Numbers numbers, int rows, int inputs, int outputs)
    {
        var b = new ModelBuilder($"dense {rows} x {inputs} x {outputs}");
        int x = Activation(b, numbers, "x", isInput: true, rows, inputs), y = Activation(b, numbers, "y", isInput: false, rows, outputs);
        b.Operator(BuiltinOperator.FullyConnected, [x, Weights(b, numbers, outputs, inputs), Bias(b, numbers, outputs)], [y], new FullyConnectedOptionsRecord(), Version(numbers));
        return b.Output(y).ToBytes();
    }

    /// <param name="numbers">The types.</param>
    /// <param name="side">Pixels of a side of the square input.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="filters">Output channels; 0 for a depthwise convolution.</param>
    /// <param name="filter">A side of the filter.</param>
    /// <param name="stride">From one output pixel to the next.</param>
    public static byte[] Convolution(Numbers numbers, int side, int channels, int filters, int filter, int stride)
    {
        var b = new ModelBuilder($"convolution {side} x {channels}, {filters} filters of {filter} x {filter}");
        bool isDepthwise = filters == 0;
        int outputs = isDepthwise ? channels : filters, outputSide = (side + stride - 1) / stride;
        int x = Activation(b, numbers, "x", isInput: true, 1, side, side, channels), y = Activation(b, numbers, "y", isInput: false, 1, outputSide, outputSide, outputs);
        int w = isDepthwise ? Weights(b, numbers, 1, filter, filter, channels) : Weights(b, numbers, filters, filter, filter, channels);
        IBuiltinOptionsRecord options = isDepthwise ? new DepthwiseConv2DOptionsRecord { StrideW = stride, StrideH = stride, DepthMultiplier = 1 }
            : new Conv2DOptionsRecord { StrideW = stride, StrideH = stride };
        b.Operator(isDepthwise ? BuiltinOperator.DepthwiseConv2D : BuiltinOperator.Conv2D, [x, w, Bias(b, numbers, outputs)], [y], options, Version(numbers));
        return b.Output(y).ToBytes();
    }

    /// <summary>softmax(Q K^T) V of a sequence, with four heads of 64 channels.</summary>
    public static byte[] Attention(int length)
    {
        var b = new ModelBuilder($"attention over {length}");
        int q = Input("q"), k = Input("k"), v = Input("v");
        int scores = b.Tensor("scores", DType.Float32, 1, Heads, length, length), shares = b.Tensor("shares", DType.Float32, 1, Heads, length, length);
        int y = b.Tensor("y", DType.Float32, 1, Heads, length, HeadSize);
        b.Operator(BuiltinOperator.BatchMatMul, [q, k], [scores], new BatchMatMulOptionsRecord { AdjY = true });
        b.Operator(BuiltinOperator.Softmax, [scores], [shares], new SoftmaxOptionsRecord { Beta = 0.125f });
        b.Operator(BuiltinOperator.BatchMatMul, [shares, v], [y], new BatchMatMulOptionsRecord());
        return b.Output(y).ToBytes();

        int Input(string name) => b.Input(name, DType.Float32, 1, Heads, length, HeadSize);
    }

    private static int Version(Numbers numbers) => numbers.Weights == DType.Int8 ? numbers.Activations == DType.Int8 ? 3 : 2 : 1;

    private static int Activation(ModelBuilder b, Numbers numbers, string name, bool isInput, params int[] shape)
    {
        int tensor = isInput ? b.Input(name, numbers.Activations, shape) : b.Tensor(name, numbers.Activations, shape);
        if (numbers.Activations == DType.Int8) b.Quantize(tensor, isInput ? InputScale : OutputScale, -3);
        return tensor;
    }

    private static int Weights(ModelBuilder b, Numbers numbers, params int[] shape)
    {
        var random = new Random(1);
        int count = shape.Aggregate(1, (a, d) => a * d);
        if (numbers.Weights == DType.Float32) return b.Constant("w", [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)], shape);
        int tensor = b.Constant("w", DType.Int8, [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))], shape);
        b.Quantize(tensor, WeightScale);
        return tensor;
    }

    private static int Bias(ModelBuilder b, Numbers numbers, int count)
    {
        if (numbers.Bias == DType.Float32) return b.Constant("b", new float[count], count);
        int tensor = b.Constant("b", new int[count], count);
        b.Quantize(tensor, InputScale * WeightScale);
        return tensor;
    }
}
