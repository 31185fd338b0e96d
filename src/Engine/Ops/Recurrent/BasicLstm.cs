using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The basic kernel of LSTM: inputs data, previous activation, weights (4 * cells, in + cells), bias, previous state; outputs activation,
/// state, the concatenated data, the gates before their activation. Gates are input, candidate, forget, output.
/// </summary>
internal static class BasicLstm
{
    public const int Data = 0, Activation = 1, Weights = 2, Bias = 3, State = 4;

    /// <summary>Float and legacy 8-bit operands.</summary>
    public static string[] Rows => ["f32 f32 f32 f32 f32 -> f32 f32 f32 f32", "u8 u8 u8 i32 i16 -> u8 i16 u8 i16"];

    public static void Infer(in InferContext c)
    {
        Shape data = c.Shape(Data), activation = c.Shape(Activation);
        c.Require(data.Rank == 2 && activation.Rank == 2 && data[0] == activation[0], $"data {data} and activation {activation} must be matrices with as many rows");
        int cells = activation[1], k = data[1] + cells;
        c.Require(cells > 0, "there are no cells");
        LstmShapes.Expect(c, Weights, false, 4 * cells, k);
        LstmShapes.Expect(c, Bias, false, 4 * cells);
        LstmShapes.Expect(c, State, false, data[0], cells);
        c.SetOutput(0, activation);
        c.SetOutput(1, activation);
        c.SetOutput(2, data[0], k);
        c.SetOutput(3, data[0], 4 * cells);
    }

    public static IStep Prepare(in PrepareContext c)
    {
        var first = new List<IStep>();
        IStep step = c.Type(Data) == DType.Float32 ? new FloatStep(c, first) : new ByteStep(c, first);
        return new Sequence([.. first, step]);
    }

    /// <summary>Rows of data, each followed by its row of activations.</summary>
    private static void Concatenate<T>(in RunContext c, Operand data, Operand activation, Operand output, int rows) where T : unmanaged
    {
        ReadOnlySpan<T> left = c.Read<T>(data), right = c.Read<T>(activation);
        var target = c.Write<T>(output);
        int a = left.Length / rows, b = right.Length / rows;
        for (int r = 0; r < rows; r++)
        {
            left.Slice(r * a, a).CopyTo(target[(r * (a + b))..]);
            right.Slice(r * b, b).CopyTo(target[(r * (a + b) + a)..]);
        }
    }

    /// <summary>The outputs become the inputs of the next run, where those are variables.</summary>
    private static void Carry(in RunContext c, Operand output, Operand input, bool isVariable)
    {
        if (isVariable) c.Read<byte>(output).CopyTo(c.Write<byte>(input));
    }

    private sealed class FloatStep(in PrepareContext c, List<IStep> first) : IStep
    {
        private readonly Operand _data = c.In(Data), _activation = c.In(Activation), _bias = c.In(Bias), _state = c.In(State);
        private readonly Operand _newActivation = c.Out(0), _newState = c.Out(1), _concatenated = c.Out(2), _gates = c.Out(3);
        private readonly RowProduct _product = RowProduct.For<PartsInPairs>(c, Weights, c.Shape(Weights)[1], c.Shape(Weights)[0], false, first);
        private readonly VectorFunction _sigmoid = c.Kernels == KernelSet.Reference ? NaiveActivations.Sigmoid : Activations.PreciseSigmoid;
        private readonly VectorFunction _tanh = c.Kernels == KernelSet.Reference ? NaiveActivations.Tanh : Activations.PreciseTanh;
        private readonly Scratch _active = c.ScratchShared(c.OutputShape(3).ElementCount * sizeof(float));
        private readonly int _rows = c.Shape(Data)[0];
        private readonly int _cells = c.Shape(Activation)[1];
        private readonly bool _activationCarries = c.Input(Activation).IsVariable, _stateCarries = c.Input(State).IsVariable;

        public void Run(in RunContext c)
        {
            if (_rows == 0) return;
            Concatenate<float>(c, _data, _activation, _concatenated, _rows);
            var gates = c.Write<float>(_gates);
            LstmMath.FillRows(c.Read<float>(_bias), gates);
            _product.Add(c, c.Read<float>(_concatenated), gates, _rows, 0);
            var active = c.Scratch<float>(_active);
            gates.CopyTo(active);
            c.Read<float>(_state).CopyTo(c.Write<float>(_newState));
            for (int r = 0; r < _rows; r++) Row(c, r, active.Slice(r * 4 * _cells, 4 * _cells));
            Carry(c, _newActivation, _activation, _activationCarries);
            Carry(c, _newState, _state, _stateCarries);
        }

        private void Row(in RunContext c, int row, Span<float> gates)
        {
            var candidate = gates.Slice(_cells, _cells);
            _sigmoid(gates[.._cells]);
            _tanh(candidate);
            _sigmoid(gates[(2 * _cells)..]);
            var state = c.Write<float>(_newState).Slice(row * _cells, _cells);
            LstmMath.UpdateCell(gates[.._cells], gates.Slice(2 * _cells, _cells), candidate, 0, state);
            var activation = c.Write<float>(_newActivation).Slice(row * _cells, _cells);
            state.CopyTo(activation);
            _tanh(activation);
            LstmMath.Multiply(gates.Slice(3 * _cells, _cells), activation);
        }
    }

    private sealed class ByteStep : IStep
    {
        /// <summary>Zero point of data and activation.</summary>
        private const byte DataZeroPoint = 128;

        /// <summary>The state has four integer bits.</summary>
        private const float StateScale = 1f / 2048;

        private readonly Operand _data, _activation, _bias, _state, _newActivation, _newState, _concatenated, _gates;
        private readonly IntRowProduct _product;
        private readonly QuantizedMultiplier _factor;
        private readonly int _rows, _cells, _k;
        private readonly bool _activationCarries, _stateCarries;

        public ByteStep(in PrepareContext c, List<IStep> first)
        {
            (_data, _activation, _bias, _state) = (c.In(Data), c.In(Activation), c.In(Bias), c.In(State));
            (_newActivation, _newState, _concatenated, _gates) = (c.Out(0), c.Out(1), c.Out(2), c.Out(3));
            (_rows, _cells, _k) = (c.Shape(Data)[0], c.Shape(Activation)[1], c.Shape(Weights)[1]);
            (_activationCarries, _stateCarries) = (c.Input(Activation).IsVariable, c.Input(State).IsVariable);
            float state = MatrixScales.Of(c, c.Output(1).Quantization, "state");
            c.Require(MathF.Round(MathF.Log2(state / StateScale)) == 0, $"the state's scale {state} must be {StateScale}");
            _product = new IntRowProduct(c, Weights, _k, 4 * _cells, first);
            // Gates have three integer bits: their scale is 2^-12.
            _factor = CellFactor.Of(c, 4096.0 * MatrixScales.Of(c, c.Input(Bias).Quantization, "bias"));
        }

        public void Run(in RunContext c)
        {
            if (_rows == 0) return;
            Concatenate<byte>(c, _data, _activation, _concatenated, _rows);
            var data = c.Read<byte>(_concatenated);
            var gates = c.Write<short>(_gates);
            for (int row = 0; row < _rows; row++)
            {
                var rowGates = gates.Slice(row * 4 * _cells, 4 * _cells);
                var sums = _product.Sums(c, data[(row * _k)..], DataZeroPoint, 1, 0);
                BasicCell.Gates(_product.Row(sums, 0), c.Read<int>(_bias), _factor, rowGates);
                BasicCell.Row(rowGates, c.Read<short>(_state).Slice(row * _cells, _cells), c.Write<short>(_newState).Slice(row * _cells, _cells),
                    c.Write<byte>(_newActivation).Slice(row * _cells, _cells));
            }
            Carry(c, _newActivation, _activation, _activationCarries);
            Carry(c, _newState, _state, _stateCarries);
        }
    }
}
