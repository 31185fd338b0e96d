using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// DYNAMIC_UPDATE_SLICE: input 0 with the box at input 2, moved inside where it would reach out, replaced by input 1.
/// </summary>
internal sealed class DynamicUpdateSlice : IOp<DynamicUpdateSlice>, IInPlace
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
        c.Require(c.Shape(2).Rank == 1 && c.Shape(2)[0] == whole.Rank,
            $"start indices must have shape [{whole.Rank}]; they have {c.Shape(2)}");
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
        mover.Copy(axes, source: 1, offset: new Start(RunIntegers.Of(c, 2), whole, update, to));
        return Move.Step(c, mover, [0, 1], [0]);
    }

    private sealed class Start(RunIntegers indices, Shape whole, Shape update, long[] strides) : IMoveOffset
    {
        public (long Source, long Target) At(in RunContext c)
        {
            long start = 0;
            for (int a = 0; a < strides.Length; a++)
            {
                start += Math.Clamp(indices.Read(c, a), 0, whole[a] - update[a]) * strides[a];
            }
            return (0, start);
        }
    }
}
