using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The recurrence of a basic cell: state = output = f(weights * input + auxWeights * aux + recurrentWeights * state + bias), the products with the
/// inputs having been made for all points in time. Without a curved activation the results have the bits of the reference; error: that of the
/// sums (<see cref="Kernels.Gemm.GemvFloat"/>), through functions that do not enlarge it, over as many points in time as the state remembers.
/// </summary>
internal sealed class RnnStep : RecurrentStep
{
    private readonly FloatGates _gate;
    private readonly Operand _state;

    private RnnStep(in PrepareContext c, RnnLayout layout, in SequenceSizes sizes, SequenceOutput output, FloatGates gate)
        : base(sizes, output, (long)sizes.Cells * (sizes.Cells + 32) / 8)
    {
        _gate = gate;
        _state = c.In(layout.State);
    }

    /// <summary>The steps of one cell.</summary>
    public static CellSteps Prepare(in PrepareContext c, RnnLayout layout, RnnAttributes attributes, in SequenceSizes sizes, SequenceOutput output)
    {
        var first = new List<IStep>();
        var aux = layout.HasAux ? new CellInput(c.In(layout.AuxInput), c.Shape(layout.AuxInput)[^1]) : default;
        var gate = new FloatGate(
            RowProduct.For<PartsInOrder>(c, layout.Weights, sizes.Input, sizes.Cells, attributes.Asymmetric, first),
            layout.HasAux ? RowProduct.For<PartsInOrder>(c, layout.AuxWeights, aux.Length, sizes.Cells, attributes.Asymmetric, first) : null,
            RowProduct.For<PartsInOrder>(c, layout.RecurrentWeights, sizes.Cells, sizes.Cells, attributes.Asymmetric, first),
            c.In(layout.Bias), CellActivation.Function(attributes.Activation));
        var gates = new FloatGates(c, sizes, new(c.In(layout.Input), sizes.Input), aux, [gate]);
        return new(first, gates, new RnnStep(c, layout, sizes, output, gates));
    }

    protected override void Advance(in RunContext c, Moment at, int worker)
    {
        var state = at.Of(c.Write<float>(_state), Sizes.Cells);
        _gate.Finish(c, 0, at, state, default, worker).CopyTo(state);
        Output.Write<float>(c, at, Sizes.Cells, state);
    }
}
