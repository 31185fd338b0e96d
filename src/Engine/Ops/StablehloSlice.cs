using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_SLICE: elements start, start + stride, ... below limit along each axis.</summary>
internal sealed class StablehloSlice(int[] start, int[] limit, int[] strides) : IOp<StablehloSlice>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloSlice, 1, $"{Move.Types} -> =0");

    public static StablehloSlice Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloSliceOptionsView>();
        return new(Integers.Saturate(options.StartIndices), Integers.Saturate(options.LimitIndices), Integers.Saturate(options.Strides));
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(start.Length == shape.Rank && limit.Length == shape.Rank && strides.Length == shape.Rank,
            $"start, limit and strides need one value for each axis of {shape}");
        var result = new int[shape.Rank];
        for (int a = 0; a < result.Length; a++)
        {
            c.Require(start[a] >= 0 && start[a] <= limit[a] && limit[a] <= shape[a] && strides[a] > 0,
                $"elements {start[a]} to {limit[a]} in steps of {strides[a]} are no slice of axis {a} of {shape}");
            result[a] = (int)((limit[a] - (long)start[a] + strides[a] - 1) / strides[a]);
        }
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var sizes = c.OutputShape(0);
        long[] from = Move.Strides(c.Shape(0)), to = Move.Strides(sizes);
        var axes = new CopyAxis[sizes.Rank];
        long first = 0;
        for (int a = 0; a < axes.Length; a++)
        {
            axes[a] = new(sizes[a], from[a] * strides[a], to[a]);
            first += start[a] * from[a];
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes, first);
        return Move.Step(c, mover);
    }
}
