using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// PAD: the input with margins of zeros (of the zero point, when quantised); input 1 has a row [before, after] for each
/// axis.
/// </summary>
internal sealed class Pad : IOp<Pad>
{
    public static OpSignature Signature => new(BuiltinOperator.Pad, 6,
        $"{Move.Fixed} i32|i64|i16|i8|u8|bool -> =0", $"{Move.Fixed} i32|i64|i16|i8|u8|bool =0? -> =0");

    public static Pad Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        if (c.HasInput(2))
        {
            c.Require(c.Shape(2).ElementCount == 1,
                $"the padding value must be one element; it has shape {c.Shape(2)}");
        }
        if (Margins.Read(c, 1, shape.Rank) is { } margins) c.SetOutput(0, margins.Apply(c, shape));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var margins = Margins.Of(c.Integers(1));
        Shape shape = c.Shape(0), padded = c.OutputShape(0);
        var mover = new CopyMover(c.Type(0));
        var (axes, start) = margins.Interior(shape, padded);
        mover.Copy(axes, 0, start);
        byte[] zero = ZeroElement.Of(c.Output(0));
        foreach (var (box, at) in margins.Boxes(shape, padded))
        {
            if (c.HasInput(2)) mover.Copy(box, 0, at, source: 1);
            else mover.Fill(box, zero, at);
        }
        return c.HasInput(2) ? Move.Step(c, mover, [0, 2], [0]) : Move.Step(c, mover);
    }
}
