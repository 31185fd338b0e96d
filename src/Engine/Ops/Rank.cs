using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RANK: the number of the input's axes.</summary>
internal sealed class Rank : IOp<Rank>, IShapeOnly
{
    public static OpSignature Signature => new(BuiltinOperator.Rank, 1, "any -> i32");

    public static Rank Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.SetOutput(0, Shape.Scalar);

    public IStep Prepare(in PrepareContext c) => new ConstantStep<int>(c.Out(0), [c.Shape(0).Rank]);
}
