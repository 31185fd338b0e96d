using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>The recurrence of an int8 LSTM with a 16-bit cell state.</summary>
internal sealed class LstmIntStep : RecurrentStep
{
    private readonly LstmIntGates _gates;
    private readonly LstmIntScales _scales;
    private readonly IntRowProduct? _projection;
    private readonly Operand _projectionBias;
    private readonly Operand _outputState;
    private readonly Operand _cellState;
    private readonly short[] _tanh;
    private readonly Scratch _hidden;

    private LstmIntStep(in PrepareContext c, LstmLayout layout, LstmIntScales scales, in SequenceSizes sizes, SequenceOutput output,
        LstmIntGates gates, List<IStep> first)
        : base(sizes, output, 4L * sizes.Cells * (sizes.Outputs + 32) / 8)
    {
        (_gates, _scales) = (gates, scales);
        if (c.HasInput(layout.Projection)) _projection = new IntRowProduct(c, layout.Projection, sizes.Cells, sizes.Outputs, first);
        _projectionBias = c.In(layout.ProjectionBias);
        _outputState = c.In(layout.OutputState);
        _cellState = c.In(layout.CellState);
        _tanh = Fixed16Table.Tanh(15 + scales.CellExponent);
        _hidden = c.ScratchPerWorker((long)sizes.GroupRows * sizes.Cells * sizeof(short));
    }

    public static CellSteps Prepare(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, SequenceOutput output)
    {
        var scales = new LstmIntScales(c, layout, attributes);
        var first = new List<IStep>();
        var gates = new LstmIntGates(c, layout, scales, sizes, first);
        return new(first, gates, new LstmIntStep(c, layout, scales, sizes, output, gates, first));
    }

    protected override void Advance(in RunContext c, Moment at, int worker)
    {
        var state = at.Of(c.Write<sbyte>(_outputState), Sizes.Outputs);
        var cell = at.Of(c.Write<short>(_cellState), Sizes.Cells);
        var input = _gates.Finish(c, LstmGate.Input, at, state, cell, worker);
        var forget = _gates.Finish(c, LstmGate.Forget, at, state, cell, worker);
        var candidate = _gates.Finish(c, LstmGate.Cell, at, state, cell, worker);
        LstmIntMath.UpdateCell(input, forget, candidate, 30 + _scales.CellExponent, _scales.CellClip, cell);
        var gate = _gates.Finish(c, LstmGate.Output, at, state, cell, worker);
        // The candidate has done its work: its place takes tanh of the cell state.
        cell.CopyTo(candidate);
        Fixed16Table.Apply(_tanh, candidate);
        if (_projection is null) LstmIntMath.Hidden(gate, candidate, _scales.Hidden, _scales.HiddenZeroPoint, 0, state);
        else Project(c, gate, candidate, state, at.Rows, worker);
        Output.Write<sbyte>(c, at, Sizes.Outputs, state);
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
            var sums = _projection!.Sums<short>(c, hidden[(row * Sizes.Cells)..], 0, block, worker);
            for (int r = 0; r < block; r++)
            {
                LstmIntMath.AddScaled(_projection.Row(sums, r), bias, _scales.Projection, _scales.OutputZeroPoint, state.Slice((row + r) * Sizes.Outputs, Sizes.Outputs));
            }
        }
        LstmIntMath.Clip(state, _scales.ProjectionClip);
    }
}
