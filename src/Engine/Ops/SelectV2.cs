using Graft.Kernels.Elementwise;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SELECT_V2: elements of input 1 where input 0 is true, of input 2 where not; the three broadcast together.
/// </summary>
internal sealed class SelectV2 : IOp<SelectV2>
{
    public static OpSignature Signature => new(BuiltinOperator.SelectV2, 2, $"bool {Move.Types} =1 -> =1");

    public static SelectV2 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape condition = c.Shape(0), x = c.Shape(1), y = c.Shape(2), declared = c.Output(0).Shape;
        // Single elements of several ranks: the declared rank counts, as in the reference.
        if (condition.ElementCount == 1 && x.ElementCount == 1 && y.ElementCount == 1 && declared.ElementCount == 1)
        {
            c.SetOutput(0, declared);
            return;
        }
        try
        {
            c.SetOutput(0, BroadcastShape.ResultShape(BroadcastShape.ResultShape(condition.Dimensions, x.Dimensions),
                y.Dimensions));
        }
        catch (ArgumentException)
        {
            c.Fail($"shapes {condition}, {x} and {y} do not broadcast together");
        }
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape condition = c.Shape(0), x = c.Shape(1), y = c.Shape(2);
        if (condition != x || x != y) return ChooserOf.Step(c, condition.Dimensions, x.Dimensions, y.Dimensions);
        int[] flat = [(int)x.ElementCount];
        return ChooserOf.Step(c, flat, flat, flat);
    }
}
