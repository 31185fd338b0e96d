using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>Float LSTMs with weights that are the same for every direction and operator.</summary>
internal static class RecurrentModels
{
    /// <summary>Where BIDIRECTIONAL_SEQUENCE_LSTM keeps what UNIDIRECTIONAL_SEQUENCE_LSTM has as inputs 1 to 17.</summary>
    public const int BackwardWeights = 18;

    public static ModelBuilder UnidirectionalLstm(int batch, int time, int inputs, int cells, bool timeMajor)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, Rows(batch, time, inputs, timeMajor)), y = b.Tensor("y", DType.Float32, Rows(batch, time, cells, timeMajor));
        b.Operator(BuiltinOperator.UnidirectionalSequenceLstm, [x, .. Weights(b, "", inputs, cells), .. States(b, "", batch, cells)], [y],
            new UnidirectionalSequenceLSTMOptionsRecord { FusedActivationFunction = ActivationFunctionType.Tanh, TimeMajor = timeMajor });
        return b.Output(y);
    }

    public static ModelBuilder BidirectionalLstm(int batch, int time, int inputs, int cells, bool merged, bool timeMajor)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, Rows(batch, time, inputs, timeMajor));
        int[] y = [b.Tensor("y", DType.Float32, Rows(batch, time, cells, timeMajor)), .. merged ? Array.Empty<int>() : [b.Tensor("z", DType.Float32, Rows(batch, time, cells, timeMajor))]];
        int[] operands = [x, .. Weights(b, "f", inputs, cells), .. Weights(b, "b", inputs, cells), .. States(b, "f", batch, cells), .. States(b, "b", batch, cells)];
        b.Operator(BuiltinOperator.BidirectionalSequenceLstm, [.. operands, .. Enumerable.Repeat(-1, 9)], y,
            new BidirectionalSequenceLSTMOptionsRecord { FusedActivationFunction = ActivationFunctionType.Tanh, MergeOutputs = merged, TimeMajor = timeMajor });
        return b.Output(y);
    }

    /// <summary>Numbers in [-1, 1] without a pattern.</summary>
    public static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    /// <summary>The same sequences with time running the other way.</summary>
    public static float[] Reversed(ReadOnlySpan<float> values, int batch, int time, int width, bool timeMajor)
    {
        float[] result = new float[values.Length];
        for (int t = 0; t < time; t++)
        {
            for (int s = 0; s < batch; s++)
            {
                int Row(int at) => timeMajor ? at * batch + s : s * time + at;
                values.Slice(Row(t) * width, width).CopyTo(result.AsSpan(Row(time - 1 - t) * width));
            }
        }
        return result;
    }

    /// <summary>Columns [first, first + count) of rows of <paramref name="stride"/> values.</summary>
    public static float[] Columns(ReadOnlySpan<float> values, int stride, int first, int count)
    {
        var result = new List<float>();
        for (int row = 0; row < values.Length / stride; row++) result.AddRange(values.Slice(row * stride + first, count));
        return [.. result];
    }

    /// <summary>Weights and recurrent weights of four gates, no peepholes, biases, no projection.</summary>
    private static int[] Weights(ModelBuilder b, string name, int inputs, int cells) =>
    [
        .. Enumerable.Range(0, 4).Select(g => b.Constant($"{name}w{g}", Numbers(cells * inputs, g), cells, inputs)),
        .. Enumerable.Range(0, 4).Select(g => b.Constant($"{name}r{g}", Numbers(cells * cells, 4 + g), cells, cells)),
        -1, -1, -1,
        .. Enumerable.Range(0, 4).Select(g => b.Constant($"{name}b{g}", Numbers(cells, 8 + g), cells)),
        -1, -1,
    ];

    private static int[] States(ModelBuilder b, string name, int batch, int cells) =>
        [b.Variable(name + "h", DType.Float32, batch, cells), b.Variable(name + "c", DType.Float32, batch, cells)];

    private static int[] Rows(int batch, int time, int width, bool timeMajor) => timeMajor ? [time, batch, width] : [batch, time, width];
}
