using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ZEROS_LIKE: a tensor of the input's shape, every element zero (the zero point, when quantised).</summary>
internal sealed class ZerosLike : IOp<ZerosLike>, IShapeOnly
{
    public static OpSignature Signature => new(BuiltinOperator.ZerosLike, 1, $"{Move.Fixed} -> =0");

    public static ZerosLike Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public IStep Prepare(in PrepareContext c)
    {
        var mover = new CopyMover(c.Type(0));
        mover.Fill([new(checked((int)c.Shape(0).ElementCount), 0, 1)], ZeroElement.Of(c.Output(0)));
        return Move.Step(c, mover, [], [0]);
    }
}
