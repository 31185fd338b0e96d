using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// BIDIRECTIONAL_SEQUENCE_LSTM: input (batch, time, in), or (time, batch, in), through one LSTM from the first to the last point in time and
/// another from the last to the first; outputs have as many points in time, and are two tensors or, merged, one after the other in each row.
/// An auxiliary input with weights is a second input of both; without weights it is what the backward LSTM reads instead of the input.
/// </summary>
internal sealed class BidirectionalSequenceLstm(LstmAttributes attributes, bool merged, LstmLayout forward, LstmLayout backward)
    : IOp<BidirectionalSequenceLstm>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.BidirectionalSequenceLstm, 3, LstmRows.Both);

    public static BidirectionalSequenceLstm Read(in OperatorDef def)
    {
        var options = def.Options<BidirectionalSequenceLSTMOptionsView>();
        var attributes = new LstmAttributes(options.FusedActivationFunction, options.CellClip, options.ProjClip, options.AsymmetricQuantizeInputs, options.TimeMajor);
        attributes.Check();
        TwoDirections.CheckOutputs(def, options.MergeOutputs);
        LstmLayout forward = LstmLayout.Forward, backward = LstmLayout.Backward;
        // Those of the input gate are left out where it is coupled.
        if (TwoDirections.HasAuxWeights(def, forward.AuxInput, 41, 42, 43, 45, 46, 47)) return new(attributes, options.MergeOutputs, forward, backward);
        int backwardInput = def.Input(backward.AuxInput) is null ? 0 : backward.AuxInput;
        return new(attributes, options.MergeOutputs, forward.WithoutAux(0), backward.WithoutAux(backwardInput));
    }

    public void Infer(in InferContext c)
    {
        var input = TwoDirections.Input(c, backward.Input);
        var there = LstmShapes.Check(c, forward, attributes.TimeMajor);
        var back = LstmShapes.Check(c, backward, attributes.TimeMajor);
        TwoDirections.SetOutputs(c, input, merged, there.Outputs, back.Outputs);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var there = LstmShapes.Sizes(c, forward, attributes.TimeMajor);
        var back = LstmShapes.Sizes(c, backward, attributes.TimeMajor);
        var (first, second) = TwoDirections.Outputs(c, merged, there.Outputs, back.Outputs);
        return LstmFloatStep.Prepare(c, forward, attributes, there, first).With(LstmFloatStep.Prepare(c, backward, attributes, back, second), 1);
    }
}
