using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNIDIRECTIONAL_SEQUENCE_LSTM: input (batch, time, in), or (time, batch, in), output with as many points in time.</summary>
internal sealed class UnidirectionalSequenceLstm(LstmAttributes attributes) : IOp<UnidirectionalSequenceLstm>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.UnidirectionalSequenceLstm, 4, LstmRows.Single);

    public static UnidirectionalSequenceLstm Read(in OperatorDef def)
    {
        var options = def.Options<UnidirectionalSequenceLSTMOptionsView>();
        var attributes = new LstmAttributes(options.FusedActivationFunction, options.CellClip, options.ProjClip, options.AsymmetricQuantizeInputs, options.TimeMajor);
        attributes.Check();
        return new(attributes);
    }

    public void Infer(in InferContext c) => FullLstm.Infer(c, attributes, 3);

    public IStep Prepare(in PrepareContext c) => FullLstm.Prepare(c, attributes);
}
