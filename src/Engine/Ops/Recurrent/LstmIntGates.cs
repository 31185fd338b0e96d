using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The gates of an int8 LSTM, with 16 bits. As a step it computes, for all points in time at once, what does not depend on the state;
/// <see cref="Finish"/> adds the rest.
/// </summary>
internal sealed class LstmIntGates : ParallelStep
{
    private readonly SequenceSizes _sizes;
    private readonly Operand _input;
    private readonly sbyte _inputZeroPoint;
    private readonly sbyte _outputZeroPoint;
    private readonly Gate?[] _gates = new Gate?[LstmLayout.Gates.Length];
    private readonly Scratch _values;

    public LstmIntGates(in PrepareContext c, LstmLayout layout, LstmIntScales scales, in SequenceSizes sizes, List<IStep> first)
    {
        _sizes = sizes;
        _input = c.In(0);
        (_inputZeroPoint, _outputZeroPoint) = ((sbyte)scales.InputZeroPoint, (sbyte)scales.OutputZeroPoint);
        foreach (var gate in LstmLayout.Gates)
        {
            int g = (int)gate;
            if (!c.HasInput(layout.InputWeights + g)) continue;
            c.Require(c.Shape(layout.RecurrentWeights + g).Rank == 2, "diagonal recurrent weights are not supported in int8 (supported: float32 and dynamic range)");
            bool peephole = gate != LstmGate.Cell && c.HasInput(layout.Peephole(gate)), norm = c.HasInput(layout.Norm(gate));
            c.Require(!peephole || sizes.Outputs <= sizes.Cells, $"int8 peepholes with a projection from {sizes.Cells} cells to more outputs, {sizes.Outputs}, are not supported");
            var (normFactor, varianceMin) = norm ? scales.Norm(c, gate) : default;
            _gates[g] = new Gate(
                new IntRowProduct(c, layout.InputWeights + g, sizes.Input, sizes.Cells, first), scales.Input(c, gate),
                new IntRowProduct(c, layout.RecurrentWeights + g, sizes.Outputs, sizes.Cells, first), scales.Recurrent(c, gate),
                peephole ? c.In(layout.Peephole(gate)) : new(-1), peephole ? scales.Peephole(c, gate) : default,
                norm ? c.In(layout.Norm(gate)) : new(-1), normFactor, varianceMin, c.In(layout.Biases + g),
                gate == LstmGate.Cell ? Fixed16Table.Tanh(3) : Fixed16Table.Logistic3);
        }
        _values = c.ScratchShared((long)_gates.Length * sizes.Rows * sizes.Cells * sizeof(short));
    }

    public override int Units => (_sizes.Rows + RowTiling.BlockRows - 1) / RowTiling.BlockRows;

    public override long UnitCost => (long)_gates.Length * Math.Min(RowTiling.BlockRows, _sizes.Rows) * _sizes.Cells * _sizes.Input / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = c.Read<sbyte>(_input);
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit * RowTiling.BlockRows, rows = Math.Min(RowTiling.BlockRows, _sizes.Rows - row);
            for (int g = 0; g < _gates.Length; g++)
            {
                if (_gates[g] is not { } gate) continue;
                var values = Values(c, g, row, rows);
                values.Clear();
                var bias = gate.Norm.IsPresent ? default : c.Read<int>(gate.Bias);
                Add(c, gate.Input, input[(row * _sizes.Input)..], _inputZeroPoint, _sizes.Input, bias, gate.InputFactor, values, rows, worker);
            }
        }
    }

    /// <summary>The values of a gate, given the states before the moment; empty for a gate that is not there.</summary>
    public Span<short> Finish(in RunContext c, LstmGate which, Moment at, ReadOnlySpan<sbyte> state, ReadOnlySpan<short> cell, int worker)
    {
        if (_gates[(int)which] is not { } gate) return default;
        var values = Values(c, (int)which, at.Row, at.Rows);
        Add(c, gate.Recurrent, state, _outputZeroPoint, _sizes.Outputs, default, gate.RecurrentFactor, values, at.Rows, worker);
        if (gate.Peephole.IsPresent)
        {
            LstmIntMath.AddPeephole(c.Read<short>(gate.Peephole), _sizes.Outputs, cell, gate.PeepholeFactor, values[..(at.Rows * _sizes.Outputs)]);
        }
        if (gate.Norm.IsPresent) LstmIntNorm.Apply(values, c.Read<short>(gate.Norm), c.Read<int>(gate.Bias), gate.NormFactor, gate.VarianceMin);
        Fixed16Table.Apply(gate.Activation, values);
        return values;
    }

    private void Add(in RunContext c, IntRowProduct product, ReadOnlySpan<sbyte> source, sbyte zeroPoint, int k, ReadOnlySpan<int> bias,
        QuantizedMultiplier factor, Span<short> values, int rows, int worker)
    {
        for (int first = 0; first < rows; first += RowTiling.BlockRows)
        {
            int block = Math.Min(RowTiling.BlockRows, rows - first);
            var sums = product.Sums(c, source[(first * k)..], zeroPoint, block, worker);
            for (int r = 0; r < block; r++)
            {
                LstmIntMath.AddScaled(product.Row(sums, r), bias, factor, 0, values.Slice((first + r) * _sizes.Cells, _sizes.Cells));
            }
        }
    }

    private Span<short> Values(in RunContext c, int gate, int row, int rows) =>
        c.Scratch<short>(_values).Slice((gate * _sizes.Rows + row) * _sizes.Cells, rows * _sizes.Cells);

    private sealed record Gate(IntRowProduct Input, QuantizedMultiplier InputFactor, IntRowProduct Recurrent, QuantizedMultiplier RecurrentFactor,
        Operand Peephole, QuantizedMultiplier PeepholeFactor, Operand Norm, QuantizedMultiplier NormFactor, int VarianceMin, Operand Bias, short[] Activation);
}
