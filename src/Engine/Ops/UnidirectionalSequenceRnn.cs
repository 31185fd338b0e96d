using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNIDIRECTIONAL_SEQUENCE_RNN: a basic cell over input (batch, time, in), or (time, batch, in), output with as many points in time.</summary>
internal sealed class UnidirectionalSequenceRnn(RnnAttributes attributes) : IOp<UnidirectionalSequenceRnn>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.UnidirectionalSequenceRnn, 3, RnnAttributes.Rows);

    public static UnidirectionalSequenceRnn Read(in OperatorDef def)
    {
        var options = def.Options<SequenceRNNOptionsView>();
        return new(new RnnAttributes(options.FusedActivationFunction, options.AsymmetricQuantizeInputs, options.TimeMajor).Checked());
    }

    public void Infer(in InferContext c)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 3, $"input {input} must have 3 dimensions");
        c.SetOutput(0, input[0], input[1], RnnLayout.Single.Check(c, attributes.TimeMajor).Cells);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var sizes = RnnLayout.Single.Sizes(c, attributes.TimeMajor);
        return RnnStep.Prepare(c, RnnLayout.Single, attributes, sizes, new(c.Out(0), sizes.Cells, 0, false)).Alone();
    }
}
