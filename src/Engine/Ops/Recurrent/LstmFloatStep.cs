using Graft.Kernels.Gemm;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The recurrence of a float LSTM: cell = forget * cell + input * candidate, output = gate * f(cell), which a projection may follow. The gates'
/// products with the inputs have been made for all points in time. Error: that of the sums (<see cref="Kernels.Gemm.GemvFloat"/>), through
/// functions that do not enlarge it, over as many points in time as the state remembers.
/// </summary>
internal sealed class LstmFloatStep : RecurrentStep
{
    private readonly FloatGates _gates;
    private readonly LstmAttributes _attributes;
    private readonly RowProduct? _projection;
    private readonly Operand _projectionBias;
    private readonly Operand _outputState;
    private readonly Operand _cellState;
    private readonly VectorFunction _activation;

    private LstmFloatStep(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, SequenceOutput output,
        FloatGates gates, List<IStep> first)
        : base(sizes, output, 4L * sizes.Cells * (sizes.Outputs + 32) / 8)
    {
        (_gates, _attributes) = (gates, attributes);
        if (c.HasInput(layout.Projection)) _projection = RowProduct.For<PartsInPairs>(c, layout.Projection, sizes.Cells, sizes.Outputs, attributes.Asymmetric, first);
        _projectionBias = c.In(layout.ProjectionBias);
        _outputState = c.In(layout.OutputState);
        _cellState = c.In(layout.CellState);
        _activation = CellActivation.Function(attributes.Activation);
    }

    /// <summary>The steps of one float LSTM.</summary>
    public static CellSteps Prepare(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, SequenceOutput output)
    {
        var first = new List<IStep>();
        var gates = Gates(c, layout, attributes, sizes, first);
        return new(first, gates, new LstmFloatStep(c, layout, attributes, sizes, output, gates, first));
    }

    protected override void Advance(in RunContext c, Moment at, int worker)
    {
        var state = at.Of(c.Write<float>(_outputState), Sizes.Outputs);
        var cell = at.Of(c.Write<float>(_cellState), Sizes.Cells);
        var input = _gates.Finish(c, (int)LstmGate.Input, at, state, cell, worker);
        var forget = _gates.Finish(c, (int)LstmGate.Forget, at, state, cell, worker);
        var candidate = _gates.Finish(c, (int)LstmGate.Cell, at, state, cell, worker);
        LstmMath.UpdateCell(input, forget, candidate, _attributes.CellClip, cell);
        var gate = _gates.Finish(c, (int)LstmGate.Output, at, state, cell, worker);
        // The candidate has done its work: its place takes the hidden values.
        var hidden = candidate;
        cell.CopyTo(hidden);
        _activation(hidden);
        LstmMath.Multiply(gate, hidden);
        if (_projection is null) hidden.CopyTo(state);
        else
        {
            LstmMath.FillRows(_projectionBias.IsPresent ? c.Read<float>(_projectionBias) : default, state);
            _projection.Add(c, hidden, state, at.Rows, worker);
            LstmMath.Clip(state, _attributes.ProjectionClip);
        }
        Output.Write<float>(c, at, Sizes.Outputs, state);
    }

    private static FloatGates Gates(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, List<IStep> first)
    {
        var aux = layout.HasAux ? new CellInput(c.In(layout.AuxInput), c.Shape(layout.AuxInput)[^1]) : default;
        var gates = new FloatGate?[LstmLayout.Gates.Length];
        foreach (var gate in LstmLayout.Gates)
        {
            int g = (int)gate;
            if (!c.HasInput(layout.InputWeights + g)) continue;
            gates[g] = new(
                RowProduct.For<PartsInPairs>(c, layout.InputWeights + g, sizes.Input, sizes.Cells, attributes.Asymmetric, first),
                layout.HasAux ? RowProduct.For<PartsInPairs>(c, layout.AuxWeights + g, aux.Length, sizes.Cells, attributes.Asymmetric, first) : null,
                RowProduct.For<PartsInPairs>(c, layout.RecurrentWeights + g, sizes.Outputs, sizes.Cells, attributes.Asymmetric, first), c.In(layout.Biases + g),
                gate == LstmGate.Cell ? CellActivation.Function(attributes.Activation) : Activations.Sigmoid)
            {
                Peephole = c.HasInput(layout.Peephole(gate)) ? RowProduct.Diagonal(c, layout.Peephole(gate)) : null,
                Norm = c.In(layout.Norm(gate)),
            };
        }
        return new(c, sizes, new(c.In(layout.Input), sizes.Input), aux, gates);
    }
}
