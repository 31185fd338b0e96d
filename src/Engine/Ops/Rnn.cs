using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RNN: one point in time of a basic cell; input (batch, in), output and state (batch, units).</summary>
internal sealed class Rnn(RnnAttributes attributes) : IOp<Rnn>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.Rnn, 3, RnnAttributes.Rows);

    public static Rnn Read(in OperatorDef def)
    {
        var options = def.Options<RNNOptionsView>();
        return new(new RnnAttributes(options.FusedActivationFunction, options.AsymmetricQuantizeInputs, true).Checked());
    }

    public void Infer(in InferContext c)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 2, $"input {input} must have 2 dimensions");
        c.SetOutput(0, input[0], RnnLayout.Single.Check(c, attributes.TimeMajor).Cells);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var sizes = RnnLayout.Single.Sizes(c, attributes.TimeMajor);
        return RnnStep.Prepare(c, RnnLayout.Single, attributes, sizes, new(c.Out(0), sizes.Cells, 0, false)).Alone();
    }
}
