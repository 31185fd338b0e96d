using Graft.Errors;
using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>LSTM: one point in time; the full kernel with state variables, or the basic one with states as operands.</summary>
internal sealed class Lstm(LstmAttributes attributes, bool isBasic) : IOp<Lstm>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.Lstm, 4, [.. LstmRows.Single, .. BasicLstm.Rows]);

    public static Lstm Read(in OperatorDef def)
    {
        var options = def.Options<LSTMOptionsView>();
        var attributes = new LstmAttributes(options.FusedActivationFunction, options.CellClip, options.ProjClip, options.AsymmetricQuantizeInputs, true);
        attributes.Check();
        bool isBasic = options.KernelType == LSTMKernelType.Basic;
        if (isBasic != (def.Inputs.Length == 5))
        {
            throw new UnsupportedOptionException($"kernel type {options.KernelType} with {def.Inputs.Length} inputs (Basic has 5, Full 20 or 24)");
        }
        return new(attributes, isBasic);
    }

    public void Infer(in InferContext c)
    {
        if (isBasic) BasicLstm.Infer(c);
        else FullLstm.Infer(c, attributes, 2);
    }

    public IStep Prepare(in PrepareContext c) => isBasic ? BasicLstm.Prepare(c) : FullLstm.Prepare(c, attributes);
}
