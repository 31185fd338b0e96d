using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>The recurrence of an int8 LSTM with a 16-bit cell state; each unit is one group of sequences.</summary>
internal sealed class LstmIntStep : ParallelStep
{
    private readonly LstmIntGates _gates;
    private readonly LstmIntScales _scales;
    private readonly SequenceSizes _sizes;
    private readonly SequenceOutput _output;
    private readonly IntRowProduct? _projection;
    private readonly Operand _projectionBias;
    private readonly Operand _outputState;
    private readonly Operand _cellState;
    private readonly short[] _tanh;
    private readonly Scratch _hidden;

    private LstmIntStep(in PrepareContext c, LstmLayout layout, LstmIntScales scales, in SequenceSizes sizes, SequenceOutput output,
        LstmIntGates gates, List<IStep> first)
    {
        (_gates, _scales, _sizes, _output) = (gates, scales, sizes, output);
        if (c.HasInput(layout.Projection)) _projection = new IntRowProduct(c, layout.Projection, sizes.Cells, sizes.Outputs, first);
        _projectionBias = c.In(layout.ProjectionBias);
        _outputState = c.In(layout.OutputState);
        _cellState = c.In(layout.CellState);
        _tanh = Fixed16Table.Tanh(15 + scales.CellExponent);
        _hidden = c.ScratchPerWorker((long)sizes.GroupRows * sizes.Cells * sizeof(short));
    }

    public static IStep Prepare(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, SequenceOutput output)
    {
        var scales = new LstmIntScales(c, layout, attributes);
        var first = new List<IStep>();
        var gates = new LstmIntGates(c, layout, scales, sizes, first);
        var step = new LstmIntStep(c, layout, scales, sizes, output, gates, first);
        return new Sequence([.. first, gates, step]);
    }

    public override int Units => _sizes.Groups;

    public override long UnitCost => 4L * _sizes.GroupRows * _sizes.Time * _sizes.Cells * (_sizes.Outputs + 32) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        for (int group = begin; group < end; group++)
        {
            for (int time = 0; time < _sizes.Time; time++) Step(c, group, time, worker);
        }
    }

    private void Step(in RunContext c, int group, int time, int worker)
    {
        int rows = _sizes.GroupRows, row = _sizes.Row(group, time), first = group * rows;
        var state = c.Write<sbyte>(_outputState).Slice(first * _sizes.Outputs, rows * _sizes.Outputs);
        var cell = c.Write<short>(_cellState).Slice(first * _sizes.Cells, rows * _sizes.Cells);
        var input = _gates.Finish(c, LstmGate.Input, row, rows, state, cell, worker);
        var forget = _gates.Finish(c, LstmGate.Forget, row, rows, state, cell, worker);
        var candidate = _gates.Finish(c, LstmGate.Cell, row, rows, state, cell, worker);
        LstmIntMath.UpdateCell(input, forget, candidate, 30 + _scales.CellExponent, _scales.CellClip, cell);
        var gate = _gates.Finish(c, LstmGate.Output, row, rows, state, cell, worker);
        // The candidate has done its work: its place takes tanh of the cell state.
        cell.CopyTo(candidate);
        Fixed16Table.Apply(_tanh, candidate);
        if (_projection is null) LstmIntMath.Hidden(gate, candidate, _scales.Hidden, _scales.HiddenZeroPoint, 0, state);
        else Project(c, gate, candidate, state, rows, worker);
        _output.Write<sbyte>(c, row, rows, _sizes.Outputs, state);
    }

    private void Project(in RunContext c, ReadOnlySpan<short> gate, ReadOnlySpan<short> values, Span<sbyte> state, int rows, int worker)
    {
        // Hidden values are quantised with the negated zero point and freed of it again, as in the reference: they saturate accordingly.
        var hidden = c.Scratch<short>(_hidden, worker)[..gate.Length];
        LstmIntMath.Hidden(gate, values, _scales.Hidden, -_scales.HiddenZeroPoint, _scales.HiddenZeroPoint, hidden);
        var bias = _projectionBias.IsPresent ? c.Read<int>(_projectionBias) : default;
        state.Clear();
        for (int row = 0; row < rows; row += RowTiling.BlockRows)
        {
            int block = Math.Min(RowTiling.BlockRows, rows - row);
            var sums = _projection!.Sums<short>(c, hidden[(row * _sizes.Cells)..], 0, block, worker);
            for (int r = 0; r < block; r++)
            {
                LstmIntMath.AddScaled(_projection.Row(sums, r), bias, _scales.Projection, _scales.OutputZeroPoint, state.Slice((row + r) * _sizes.Outputs, _sizes.Outputs));
            }
        }
        LstmIntMath.Clip(state, _scales.ProjectionClip);
    }
}
