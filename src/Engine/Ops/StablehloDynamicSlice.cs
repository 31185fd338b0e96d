using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_DYNAMIC_SLICE: the box of input 0 that begins at the scalars from input 1 on, moved inside where it would reach out.</summary>
internal sealed class StablehloDynamicSlice(int[] sizes) : IOp<StablehloDynamicSlice>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloDynamicSlice, 1, $"{Move.Types} {NumberTypes.Indices}?* -> =0");

    public static StablehloDynamicSlice Read(in OperatorDef def) => new(Integers.Saturate(def.Options2<StablehloDynamicSliceOptionsView>().SliceSizes));

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        bool fits = sizes.Length == shape.Rank;
        for (int a = 0; fits && a < sizes.Length; a++) fits = sizes[a] >= 0 && sizes[a] <= shape[a];
        c.Require(fits, $"a slice of sizes [{string.Join(",", sizes)}] does not fit into {shape}");
        RunIntegers.Require(c, 1, shape.Rank, scalars: true);
        c.SetOutput(0, sizes);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape whole = c.Shape(0), box = c.OutputShape(0);
        long[] from = Move.Strides(whole), to = Move.Strides(box);
        var axes = new CopyAxis[whole.Rank];
        for (int a = 0; a < axes.Length; a++) axes[a] = new(box[a], from[a], to[a]);
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes, offset: new BoxStart(RunIntegers.Of(c, 1, whole.Rank, scalars: true), whole, box, from, ofTarget: false));
        return Move.Step(c, mover);
    }
}
