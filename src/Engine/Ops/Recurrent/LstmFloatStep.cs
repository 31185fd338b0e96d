using Graft.Kernels.Recurrent;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The recurrence of a float LSTM. The gates' products with the input have been made for all points in time; each unit is one group of
/// sequences, from its first to its last point in time.
/// </summary>
internal sealed class LstmFloatStep : ParallelStep
{
    private readonly LstmFloatGates _gates;
    private readonly LstmAttributes _attributes;
    private readonly SequenceSizes _sizes;
    private readonly RowProduct? _projection;
    private readonly Operand _projectionBias;
    private readonly Operand _outputState;
    private readonly Operand _cellState;
    private readonly SequenceOutput _output;
    private readonly VectorFunction _activation;

    private LstmFloatStep(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, SequenceOutput output,
        LstmFloatGates gates, List<IStep> first)
    {
        (_gates, _attributes, _sizes, _output) = (gates, attributes, sizes, output);
        if (c.HasInput(layout.Projection)) _projection = RowProduct.For(c, layout.Projection, sizes.Cells, sizes.Outputs, attributes.Asymmetric, first);
        _projectionBias = c.In(layout.ProjectionBias);
        _outputState = c.In(layout.OutputState);
        _cellState = c.In(layout.CellState);
        _activation = CellActivation.Function(attributes.Activation, c.Kernels);
    }

    /// <summary>All steps of one float LSTM.</summary>
    public static IStep Prepare(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, SequenceOutput output)
    {
        var first = new List<IStep>();
        var gates = new LstmFloatGates(c, layout, attributes, sizes, first);
        var step = new LstmFloatStep(c, layout, attributes, sizes, output, gates, first);
        return new Sequence([.. first, gates, step]);
    }

    public override int Units => _sizes.Groups;

    public override long UnitCost => 4L * _sizes.GroupRows * _sizes.Time * _sizes.Cells * (_sizes.Outputs + 32) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        for (int group = begin; group < end; group++)
        {
            for (int i = 0; i < _sizes.Time; i++) Step(c, group, _output.Reverse ? _sizes.Time - 1 - i : i, worker);
        }
    }

    private void Step(in RunContext c, int group, int time, int worker)
    {
        int rows = _sizes.GroupRows, row = _sizes.Row(group, time), first = group * rows;
        var state = c.Write<float>(_outputState).Slice(first * _sizes.Outputs, rows * _sizes.Outputs);
        var cell = c.Write<float>(_cellState).Slice(first * _sizes.Cells, rows * _sizes.Cells);
        var input = _gates.Finish(c, LstmGate.Input, row, rows, state, cell, worker);
        var forget = _gates.Finish(c, LstmGate.Forget, row, rows, state, cell, worker);
        var candidate = _gates.Finish(c, LstmGate.Cell, row, rows, state, cell, worker);
        LstmMath.UpdateCell(input, forget, candidate, _attributes.CellClip, cell);
        var gate = _gates.Finish(c, LstmGate.Output, row, rows, state, cell, worker);
        // The candidate has done its work: its place takes the hidden values.
        var hidden = candidate;
        cell.CopyTo(hidden);
        _activation(hidden);
        LstmMath.Multiply(gate, hidden);
        if (_projection is null) hidden.CopyTo(state);
        else
        {
            LstmMath.FillRows(_projectionBias.IsPresent ? c.Read<float>(_projectionBias) : default, state);
            _projection.Add(c, hidden, state, rows, worker);
            LstmMath.Clip(state, _attributes.ProjectionClip);
        }
        _output.Write<float>(c, row, rows, _sizes.Outputs, state);
    }
}
