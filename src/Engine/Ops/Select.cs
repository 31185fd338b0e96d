using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SELECT: elements of input 1 where input 0 is true, of input 2 where not. A vector condition chooses whole rows, a
/// scalar everything.
/// </summary>
internal sealed class Select : IOp<Select>
{
    public static OpSignature Signature => new(BuiltinOperator.Select, 4, $"bool {Move.Types} =1 -> =1");

    public static Select Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape condition = c.Shape(0), x = c.Shape(1);
        c.Require(x == c.Shape(2), $"inputs 1 and 2 have shapes {x} and {c.Shape(2)}; they must be equal");
        c.Require(condition == x || condition.Rank == 0 || (condition.Rank == 1 && x.Rank > 0 && condition[0] == x[0]),
            $"a condition of shape {condition} does not fit {x}: it must have that shape, or its first axis, or none");
        c.SetOutput(0, x);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var x = c.Shape(1);
        int rows = c.Shape(0) == x ? (int)x.ElementCount : c.Shape(0).Rank == 0 ? 1 : x[0];
        int[] whole = [rows, rows == 0 ? 0 : (int)(x.ElementCount / rows)];
        return ChooserOf.Step(c, [rows, 1], whole, whole);
    }
}
