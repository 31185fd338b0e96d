using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// BIDIRECTIONAL_SEQUENCE_RNN: input (batch, time, in), or (time, batch, in), through one basic cell from the first to the last point in time
/// and another from the last to the first; outputs have as many points in time, and are two tensors or, merged, one after the other in each
/// row. An auxiliary input with weights is a second input of both; without weights it is what the backward cell reads instead of the input.
/// </summary>
/// <remarks>
/// Results follow the reference also where it surprises: when the sequences lie one after the other (batch-major), an auxiliary input without
/// weights is not read; when they are interleaved (time-major) and the weights are integers, the whole sequence is run as often as it has points
/// in time, the states going on.
/// </remarks>
internal sealed class BidirectionalSequenceRnn(RnnAttributes attributes, bool merged, RnnLayout forward, RnnLayout backward)
    : IOp<BidirectionalSequenceRnn>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.BidirectionalSequenceRnn, 3,
        "f32 f32 f32 f32 f32 f32 f32 f32 f32 f32? f32? f32? -> f32 f32?", "f32 i8|u8 =1 f32 f32 =1 =1 f32 f32 f32? =1? =1? -> f32 f32?");

    public static BidirectionalSequenceRnn Read(in OperatorDef def)
    {
        var options = def.Options<BidirectionalSequenceRNNOptionsView>();
        var attributes = new RnnAttributes(options.FusedActivationFunction, options.AsymmetricQuantizeInputs, options.TimeMajor).Checked();
        TwoDirections.CheckOutputs(def, options.MergeOutputs);
        RnnLayout forward = RnnLayout.Forward, backward = RnnLayout.Backward;
        if (TwoDirections.HasAuxWeights(def, forward.AuxInput, forward.AuxWeights, backward.AuxWeights)) return new(attributes, options.MergeOutputs, forward, backward);
        int backwardInput = options.TimeMajor && def.Input(backward.AuxInput) is not null ? backward.AuxInput : 0;
        return new(attributes, options.MergeOutputs, forward.WithoutAux(0), backward.WithoutAux(backwardInput));
    }

    public void Infer(in InferContext c)
    {
        var input = TwoDirections.Input(c, backward.Input);
        int there = forward.Check(c, attributes.TimeMajor).Cells, back = backward.Check(c, attributes.TimeMajor).Cells;
        TwoDirections.SetOutputs(c, input, merged, there, back);
    }

    public IStep Prepare(in PrepareContext c)
    {
        SequenceSizes there = forward.Sizes(c, attributes.TimeMajor), back = backward.Sizes(c, attributes.TimeMajor);
        var (first, second) = TwoDirections.Outputs(c, merged, there.Cells, back.Cells);
        int passes = attributes.TimeMajor && c.Type(forward.Weights) != DType.Float32 ? there.Time : 1;
        return RnnStep.Prepare(c, forward, attributes, there, first).With(RnnStep.Prepare(c, backward, attributes, back, second), passes);
    }
}
