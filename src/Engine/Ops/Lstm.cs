using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LSTM: one point in time; the full kernel with state variables, or the basic one with states as operands.</summary>
internal sealed class Lstm(LstmAttributes attributes) : IOp<Lstm>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.Lstm, 4, FullLstm.Rows);

    public static Lstm Read(in OperatorDef def)
    {
        var options = def.Options<LSTMOptionsView>();
        var attributes = new LstmAttributes(options.FusedActivationFunction, options.CellClip, options.ProjClip, options.AsymmetricQuantizeInputs, true);
        attributes.Check();
        return new(attributes);
    }

    public void Infer(in InferContext c) => FullLstm.Infer(c, attributes, 2);

    public IStep Prepare(in PrepareContext c) => FullLstm.Prepare(c, attributes);
}
