using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// DYNAMIC_UPDATE_SLICE: input 0 with the box at input 2, moved inside where it would reach out, replaced by input 1. Where the box begins
/// is a vector, or a scalar for each axis, from input 2 on.
/// </summary>
internal sealed class DynamicUpdateSlice(bool scalars = false) : IOp<DynamicUpdateSlice>, IInPlace
{
    public static OpSignature Signature => new(BuiltinOperator.DynamicUpdateSlice, 6, $"{Move.Types} =0 i32|i64 -> =0");

    public ReadOnlySpan<int> InPlaceInputs => [0];

    public static DynamicUpdateSlice Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape whole = c.Shape(0), update = c.Shape(1);
        bool fits = update.Rank == whole.Rank;
        for (int a = 0; fits && a < whole.Rank; a++) fits = update[a] <= whole[a];
        c.Require(fits, $"an update of shape {update} does not fit into {whole}");
        RunIntegers.Require(c, 2, whole.Rank, scalars);
        c.SetOutput(0, whole);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape whole = c.Shape(0), update = c.Shape(1);
        long[] from = Move.Strides(update), to = Move.Strides(whole);
        var axes = new CopyAxis[whole.Rank];
        for (int a = 0; a < axes.Length; a++) axes[a] = new(update[a], from[a], to[a]);
        var mover = new CopyMover(c.Type(0), isSequence: true);
        mover.Copy([new(checked((int)whole.ElementCount), 1, 1)]);
        mover.Copy(axes, source: 1, offset: new BoxStart(RunIntegers.Of(c, 2, whole.Rank, scalars), whole, update, to, ofTarget: true));
        return Move.Step(c, mover, [0, 1], [0]);
    }
}
