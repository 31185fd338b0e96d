using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>What goldens do not show of the recurrent operators: refusals, equal results of equal layouts, independence of threads, no allocation.</summary>
public sealed class RecurrentTests
{
    [Fact]
    public void Rnn_continues_its_state_until_it_is_reset()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 1), y = b.Tensor("y", DType.Float32, 1, 1);
        b.Operator(BuiltinOperator.Rnn, [x, .. Halving(b, "")], [y], new RNNOptionsRecord()).Output(y);
        AssertRuns(b, 0, [1], [1.5f], [1.75f]);
    }

    [Fact]
    public void UnidirectionalSequenceRnn_continues_its_state_until_it_is_reset()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2, 1), y = b.Tensor("y", DType.Float32, 1, 2, 1);
        b.Operator(BuiltinOperator.UnidirectionalSequenceRnn, [x, .. Halving(b, "")], [y], new SequenceRNNOptionsRecord()).Output(y);
        AssertRuns(b, 0, [1, 1.5f], [1.75f, 1.875f]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void BidirectionalSequenceRnn_continues_both_states_until_they_are_reset(bool merged, bool timeMajor)
    {
        var b = new ModelBuilder();
        int[] shape = timeMajor ? [2, 1, 1] : [1, 2, 1];
        int x = b.Input("x", DType.Float32, shape);
        int[] y = merged ? [b.Tensor("y", DType.Float32, shape)] : [b.Tensor("y", DType.Float32, shape), b.Tensor("z", DType.Float32, shape)];
        b.Operator(BuiltinOperator.BidirectionalSequenceRnn, [x, .. Halving(b, "f"), .. Halving(b, "b"), -1, -1, -1], y,
            new BidirectionalSequenceRNNOptionsRecord { MergeOutputs = merged, TimeMajor = timeMajor }).Output(y);
        if (merged)
        {
            AssertRuns(b, 0, [1, 1.5f, 1.5f, 1], [1.75f, 1.875f, 1.875f, 1.75f]);
            return;
        }
        AssertRuns(b, 0, [1, 1.5f], [1.75f, 1.875f]);
        AssertRuns(b, 1, [1.5f, 1], [1.875f, 1.75f]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_backward_lstm_is_a_forward_one_on_the_reversed_sequence(bool merged, bool timeMajor)
    {
        const int batch = 2, time = 3, inputs = 5, cells = 6;
        using var both = RecurrentModels.BidirectionalLstm(batch, time, inputs, cells, merged, timeMajor).Load();
        using var one = RecurrentModels.UnidirectionalLstm(batch, time, inputs, cells, timeMajor).Load();
        using Interpreter pair = new(both), single = new(one);
        for (int run = 0; run < 3; run++)
        {
            if (run == 2)
            {
                pair.ResetVariables();
                single.ResetVariables();
            }
            float[] x = RecurrentModels.Numbers(batch * time * inputs, run);
            x.CopyTo(pair.Inputs[0].Span<float>());
            RecurrentModels.Reversed(x, batch, time, inputs, timeMajor).CopyTo(single.Inputs[0].Span<float>());
            pair.Invoke();
            single.Invoke();
            float[] expected = RecurrentModels.Reversed(single.Outputs[0].Span<float>(), batch, time, cells, timeMajor);
            Assert.Equal(expected, merged
                ? RecurrentModels.Columns(pair.Outputs[0].Span<float>(), 2 * cells, cells, cells)
                : pair.Outputs[1].Span<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(KernelSet.Fast)]
    [InlineData(KernelSet.Reference)]
    public void Results_do_not_depend_on_the_number_of_threads(KernelSet kernels)
    {
        float[] Run(int threads)
        {
            using var model = RecurrentModels.BidirectionalLstm(3, 41, 33, 70, true, false).Load();
            using var interpreter = new Interpreter(model, new() { Kernels = kernels, Threads = threads });
            RecurrentModels.Numbers(3 * 41 * 33, 0).CopyTo(interpreter.Inputs[0].Span<float>());
            interpreter.Invoke();
            return interpreter.Outputs[0].Span<float>().ToArray();
        }
        float[] one = Run(1);
        Assert.Equal(one, Run(2));
        Assert.Equal(one, Run(5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_run_allocates_nothing(int threads)
    {
        using var model = RecurrentModels.BidirectionalLstm(2, 4, 8, 16, false, true).Load();
        using var interpreter = new Interpreter(model, new() { Threads = threads });
        for (int i = 0; i < 30; i++) interpreter.Invoke();
        Assert.Equal(0, Allocated.Least(() => interpreter.Invoke(), 200));
    }

    /// <summary>A cell of one unit: state = input + state / 2.</summary>
    private static int[] Halving(ModelBuilder b, string name) =>
    [
        b.Constant(name + "w", [1f], 1, 1), b.Constant(name + "r", [0.5f], 1, 1), b.Constant(name + "bias", [0f], 1), b.Variable(name + "state", DType.Float32, 1, 1),
    ];

    /// <summary>Runs the model on ones, once for each row of expected outputs, twice over with a reset between.</summary>
    private static void AssertRuns(ModelBuilder b, int output, params float[][] expected)
    {
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (float[] row in expected)
            {
                interpreter.Inputs[0].Span<float>().Fill(1);
                interpreter.Invoke();
                Assert.Equal(row, interpreter.Outputs[output].Span<float>().ToArray());
            }
            interpreter.ResetVariables();
        }
    }
}
