using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The older int8 LSTM, told by its 12 intermediate tensors: 8-bit products, float layer norms, coupled input and forget gates, a projection.
/// </summary>
internal sealed class Lstm8Step : IStep
{
    public const int Intermediates = 12;

    /// <summary>
    /// Intermediates of a gate: the gate, its product with the input, its product with the output state. For the output gate's recurrent
    /// product the reference takes the zero point of the cell gate's input product, and scales by a shift count instead of a mantissa
    /// (the cell gate's recurrent one's); results follow it.
    /// </summary>
    private static readonly (LstmGate Gate, int Sum, int Input, int Recurrent, int RecurrentZeroPoint)[] GateTensors =
        [(LstmGate.Forget, 3, 4, 5, 5), (LstmGate.Cell, 6, 7, 8, 8), (LstmGate.Output, 9, 10, 11, 7)];

    private readonly SequenceSizes _sizes;
    private readonly Operand _input, _output, _outputState, _cellState, _projectionBias;
    private readonly sbyte _inputZeroPoint, _outputZeroPoint;
    private readonly Gate[] _gates;
    private readonly IntRowProduct _projection;
    private readonly QuantizedMultiplier _projectionFactor;
    private readonly short _cellClip;
    private readonly sbyte _projectionClip;
    private readonly Scratch _products;
    private readonly Scratch _values;

    private Lstm8Step(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, List<IStep> first)
    {
        _sizes = sizes;
        (_input, _output, _outputState, _cellState, _projectionBias) =
            (c.In(0), c.Out(0), c.In(layout.OutputState), c.In(layout.CellState), c.In(layout.ProjectionBias));
        float cell = Scale(c, layout.CellState), state = Scale(c, layout.OutputState);
        (_inputZeroPoint, _outputZeroPoint) = ((sbyte)c.Input(0).Quantization!.ZeroPoint, (sbyte)c.Input(layout.OutputState).Quantization!.ZeroPoint);
        _gates = new Gate[GateTensors.Length];
        for (int i = 0; i < _gates.Length; i++) _gates[i] = MakeGate(c, layout, sizes, i, first);
        _projection = new IntRowProduct(c, layout.Projection, sizes.Cells, sizes.Outputs, first);
        _projectionFactor = CellFactor.Of(c, (float)(Scale(c, layout.Projection) * Math.ScaleB(1, -15) / state));
        c.Require(_projectionFactor.Shift is >= -31 and < 15, "the projection's scale factor is out of range");
        float clip = attributes.CellClip;
        // The cell state counts as having the scale 2^-15, whatever the file says; only the clip is then left out.
        _cellClip = clip is > 0 and < 1 && cell == 1f / 32768 ? (short)Math.Clamp(clip / cell, short.MinValue, short.MaxValue) : (short)0;
        float output = MatrixScales.Of(c, c.Output(0).Quantization, "output");
        _projectionClip = attributes.ProjectionClip > 0 ? (sbyte)Math.Clamp(attributes.ProjectionClip / output, sbyte.MinValue, sbyte.MaxValue) : (sbyte)0;
        _products = c.ScratchShared(2L * sizes.Cells);
        _values = c.ScratchShared((long)GateTensors.Length * sizes.Cells * sizeof(short));
    }

    public static IStep Prepare(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes)
    {
        c.Require(!c.HasInput(layout.InputWeights) && c.HasInput(layout.Norm(LstmGate.Forget)) && c.HasInput(layout.Projection) && c.HasInput(layout.ProjectionBias)
            && !c.HasInput(layout.Peephole(LstmGate.Output)),
            "an int8 LSTM with 12 intermediate tensors needs coupled gates, layer norms, a projection with bias, and no peepholes");
        c.Require(sizes.Time == 1, "an int8 LSTM with 12 intermediate tensors has one point in time");
        var first = new List<IStep>();
        var step = new Lstm8Step(c, layout, attributes, sizes, first);
        return first.Count == 0 ? step : new Sequence([.. first, step]);
    }

    public void Run(in RunContext c)
    {
        for (int row = 0; row < _sizes.Batch; row++) Row(c, row);
    }

    private void Row(in RunContext c, int row)
    {
        int cells = _sizes.Cells;
        var state = c.Write<sbyte>(_outputState).Slice(row * _sizes.Outputs, _sizes.Outputs);
        var cell = c.Write<short>(_cellState).Slice(row * cells, cells);
        var values = c.Scratch<short>(_values);
        Span<short> forget = values[..cells], candidate = values.Slice(cells, cells), output = values.Slice(2 * cells, cells);
        Compute(c, _gates[0], row, state, forget);
        Lstm8Math.Logistic(forget);
        Compute(c, _gates[1], row, state, candidate);
        Lstm8Math.Tanh(candidate, 12);
        LstmIntMath.UpdateCell(default, forget, candidate, 15, _cellClip, cell);
        Compute(c, _gates[2], row, state, output);
        Lstm8Math.Logistic(output);
        cell.CopyTo(candidate);
        Lstm8Math.Tanh(candidate, 15);
        Lstm8Math.Multiply(output, candidate);
        var sums = _projection.Sums<short>(c, candidate, 0, 1, 0);
        Lstm8Math.Project(_projection.Row(sums, 0), c.Read<int>(_projectionBias), _projectionFactor, _outputZeroPoint, state);
        LstmIntMath.Clip(state, _projectionClip);
        state.CopyTo(c.Write<sbyte>(_output)[(row * _sizes.Outputs)..]);
    }

    private void Compute(in RunContext c, Gate gate, int row, ReadOnlySpan<sbyte> state, Span<short> values)
    {
        int cells = _sizes.Cells;
        var products = c.Scratch<sbyte>(_products);
        Span<sbyte> input = products[..cells], recurrent = products.Slice(cells, cells);
        var sums = gate.Input.Sums(c, c.Read<sbyte>(_input)[(row * _sizes.Input)..], _inputZeroPoint, 1, 0);
        products.Clear();
        LstmIntMath.AddScaled(gate.Input.Row(sums, 0), default, gate.InputFactor, gate.InputZeroPoint, input);
        sums = gate.Recurrent.Sums(c, state, _outputZeroPoint, 1, 0);
        LstmIntMath.AddScaled(gate.Recurrent.Row(sums, 0), default, gate.RecurrentFactor, gate.RecurrentZeroPoint, recurrent);
        Lstm8Math.Add(input, gate.InputZeroPoint, gate.InputShare, recurrent, gate.RecurrentZeroPoint, gate.RecurrentShare, values);
        Lstm8Math.Normalize(values, c.Read<short>(gate.Norm), gate.NormScale, c.Read<int>(gate.Bias));
    }

    private static Gate MakeGate(in PrepareContext c, LstmLayout layout, in SequenceSizes sizes, int index, List<IStep> first)
    {
        var (gate, sum, input, recurrent, zeroPoint) = GateTensors[index];
        int g = (int)gate;
        float sumScale = Intermediate(c, sum).Scale, inputScale = Intermediate(c, input).Scale, recurrentScale = Intermediate(c, recurrent).Scale;
        var norm = CellFactor.Of(c, Scale(c, layout.Norm(gate)));
        var share = CellFactor.Of(c, recurrentScale / sumScale);
        if (gate == LstmGate.Output)
        {
            int shift = CellFactor.Of(c, Intermediate(c, 5).Scale / Intermediate(c, 3).Scale).Shift;
            share = new(shift, share.Shift);
        }
        return new(
            new IntRowProduct(c, layout.InputWeights + g, sizes.Input, sizes.Cells, first),
            CellFactor.Of(c, Scale(c, layout.InputWeights + g) * Scale(c, 0) / inputScale), Intermediate(c, input).ZeroPoint,
            CellFactor.Of(c, inputScale / sumScale),
            new IntRowProduct(c, layout.RecurrentWeights + g, sizes.Outputs, sizes.Cells, first),
            CellFactor.Of(c, Scale(c, layout.RecurrentWeights + g) * Scale(c, layout.OutputState) / recurrentScale), Intermediate(c, zeroPoint).ZeroPoint,
            share, c.In(layout.Norm(gate)), (float)(norm.Mantissa * Math.ScaleB(1, norm.Shift - 31)), c.In(layout.Biases + g));
    }

    private static float Scale(in PrepareContext c, int operand) => MatrixScales.Of(c, c.Input(operand).Quantization, $"tensor of input {operand}");

    private static Quantization Intermediate(in PrepareContext c, int index)
    {
        int tensor = c.Node.Intermediates[index];
        c.Require(tensor >= 0, $"intermediate tensor {index} is absent");
        var quantization = c.Subgraph.Tensors[tensor].Quantization;
        MatrixScales.Of(c, quantization, $"intermediate tensor {index}");
        return quantization!;
    }

    private sealed record Gate(IntRowProduct Input, QuantizedMultiplier InputFactor, int InputZeroPoint, QuantizedMultiplier InputShare,
        IntRowProduct Recurrent, QuantizedMultiplier RecurrentFactor, int RecurrentZeroPoint, QuantizedMultiplier RecurrentShare,
        Operand Norm, float NormScale, Operand Bias);
}
