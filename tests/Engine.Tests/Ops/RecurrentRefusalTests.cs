using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>Operands of recurrent operators that do not fit end in an error that names the node and the operand.</summary>
public sealed class RecurrentRefusalTests
{
    private const int Batch = 2, Time = 3, Inputs = 5, Units = 4;

    [Theory]
    [InlineData(1, new[] { Units, Inputs + 1 }, "input 1 has shape [4,6]; [4,5] is expected")]
    [InlineData(1, new[] { Units * Inputs }, "weights [20] must be a matrix that is not empty")]
    [InlineData(2, new[] { Units, Units + 1 }, "input 2 has shape [4,5]; [4,4] is expected")]
    [InlineData(3, new[] { Units + 1 }, "input 3 has shape [5]; [4] is expected")]
    [InlineData(4, new[] { Batch + 1, Units }, "state [3,4] of input 4 must have 8 elements")]
    [InlineData(4, new[] { Units, Batch }, "input 4 has shape [4,2]; [2,4] is expected")]
    public void Operands_of_a_basic_cell_must_fit(int operand, int[] shape, string problem)
    {
        foreach (var code in (BuiltinOperator[])[BuiltinOperator.Rnn, BuiltinOperator.UnidirectionalSequenceRnn, BuiltinOperator.BidirectionalSequenceRnn])
        {
            string message = Refusal(Basic(code, (operand, shape)));
            Assert.Contains(SchemaNames.Of(code), message);
            Assert.Contains(problem, message);
        }
    }

    [Theory]
    [InlineData(7, new[] { Units + 1 }, "input 7 has shape [5]; [4] is expected")]
    [InlineData(8, new[] { Units, Batch }, "input 8 has shape [4,2]; [2,4] is expected")]
    public void Operands_of_the_backward_cell_must_fit(int operand, int[] shape, string problem) =>
        Assert.Contains(problem, Refusal(Basic(BuiltinOperator.BidirectionalSequenceRnn, (operand, shape))));

    [Theory]
    [InlineData(nameof(BuiltinOperator.Rnn), "input [2,3,5] must have 2 dimensions")]
    [InlineData(nameof(BuiltinOperator.UnidirectionalSequenceRnn), "input [2,5] must have 3 dimensions")]
    [InlineData(nameof(BuiltinOperator.BidirectionalSequenceRnn), "input [2,5] must have 3 dimensions")]
    public void The_input_has_the_rank_of_the_operator(string code, string problem)
    {
        int[] shape = code == nameof(BuiltinOperator.Rnn) ? [Batch, Time, Inputs] : [Batch, Inputs];
        Assert.Contains(problem, Refusal(Basic(Enum.Parse<BuiltinOperator>(code), (0, shape))));
    }

    [Fact]
    public void A_state_must_be_a_variable()
    {
        var b = Basic(BuiltinOperator.UnidirectionalSequenceRnn);
        var state = b.TensorAt(b.LastOperator.Inputs![4]);
        state.IsVariable = false;
        state.Buffer = b.Buffer(new byte[sizeof(float) * Batch * Units]);
        Assert.Contains("a state, must be a variable tensor", Refusal(b));
    }

    [Fact]
    public void Merged_outputs_are_one_tensor()
    {
        var b = Basic(BuiltinOperator.BidirectionalSequenceRnn);
        b.LastOperator.BuiltinOptions = new BidirectionalSequenceRNNOptionsRecord { MergeOutputs = true };
        Assert.Contains("merge_outputs True with 2 outputs (1 expected)", Refusal(b));
    }

    [Theory]
    [InlineData(false, true, false, "1 of 2 auxiliary weights")]
    [InlineData(false, true, true, "auxiliary weights without an auxiliary input (input 9)")]
    [InlineData(true, true, false, "1 of 2 auxiliary weights")]
    public void Auxiliary_operands_belong_together(bool input, bool forward, bool backward, string problem)
    {
        var b = Basic(BuiltinOperator.BidirectionalSequenceRnn);
        int[] operands = [.. b.LastOperator.Inputs!];
        if (input) operands[9] = b.Input("aux", DType.Float32, Batch, Time, Inputs);
        if (forward) operands[10] = b.Constant("fa", new float[Units * Inputs], Units, Inputs);
        if (backward) operands[11] = b.Constant("ba", new float[Units * Inputs], Units, Inputs);
        b.LastOperator.Inputs = operands;
        Assert.Contains(problem, Refusal(b));
    }

    [Theory]
    [InlineData(RecurrentModels.BackwardWeights, new[] { Units, Inputs + 1 }, "input 18 has shape [4,6]; [4,5] is expected")]
    [InlineData(23, new[] { Units, Units + 1 }, "input 23 has shape [4,5]; [4,4] is expected")]
    [InlineData(36, new[] { Units }, "state [4] of input 36 must have 8 elements")]
    public void Operands_of_a_bidirectional_lstm_must_fit(int operand, int[] shape, string problem)
    {
        var b = RecurrentModels.BidirectionalLstm(Batch, Time, Inputs, Units, false, false);
        Reshape(b, b.LastOperator.Inputs![operand], shape);
        string message = Refusal(b);
        Assert.Contains("BIDIRECTIONAL_SEQUENCE_LSTM", message);
        Assert.Contains(problem, message);
    }

    [Fact]
    public void A_bidirectional_lstm_has_all_auxiliary_weights_or_none()
    {
        var b = RecurrentModels.BidirectionalLstm(Batch, Time, Inputs, Units, false, false);
        int[] operands = [.. b.LastOperator.Inputs!];
        operands[41] = b.Constant("aux", new float[Units * Inputs], Units, Inputs);
        b.LastOperator.Inputs = operands;
        Assert.Contains("1 of 6 auxiliary weights", Refusal(b));
    }

    /// <summary>A basic recurrent operator, with other shapes for some operands.</summary>
    private static ModelBuilder Basic(BuiltinOperator code, params (int Operand, int[] Shape)[] changes)
    {
        var b = new ModelBuilder();
        bool isSequence = code != BuiltinOperator.Rnn;
        int[] rows = isSequence ? [Batch, Time] : [Batch];
        int[] operands = [b.Input("x", DType.Float32, [.. rows, Inputs]), .. Cell(b, "f")];
        if (code == BuiltinOperator.BidirectionalSequenceRnn) operands = [.. operands, .. Cell(b, "b"), -1, -1, -1];
        int outputs = code == BuiltinOperator.BidirectionalSequenceRnn ? 2 : 1;
        int[] results = [.. Enumerable.Range(0, outputs).Select(i => b.Tensor($"y{i}", DType.Float32, [.. rows, Units]))];
        foreach (var (operand, shape) in changes) Reshape(b, operands[operand], shape);
        return b.Operator(code, operands, results).Output(results);
    }

    private static int[] Cell(ModelBuilder b, string name) =>
    [
        b.Constant(name + "w", new float[Units * Inputs], Units, Inputs), b.Constant(name + "r", new float[Units * Units], Units, Units),
        b.Constant(name + "bias", new float[Units], Units), b.Variable(name + "state", DType.Float32, Batch, Units),
    ];

    private static void Reshape(ModelBuilder b, int tensor, int[] shape)
    {
        var record = b.TensorAt(tensor);
        record.Shape = shape;
        if (record.Buffer != 0) record.Buffer = b.Buffer(new byte[sizeof(float) * shape.Aggregate(1, (a, d) => a * d)]);
    }

    private static string Refusal(ModelBuilder b) => Assert.ThrowsAny<Exception>(() =>
    {
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.AllocateTensors();
    }).Message;
}
