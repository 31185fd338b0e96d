using Graft.Ops.Adapted;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// GATHER: slices of the input along an axis, at the indices in input 1, which share its first batch_dims axes.
/// </summary>
internal sealed class Gather(int axis, int batchDims) : IOp<Gather>, IAdaptable
{
    public static OpSignature Signature => new(BuiltinOperator.Gather, 8, $"{Move.Types} {NumberTypes.Indices} -> =0");

    public static Gather Read(in OperatorDef def)
    {
        var options = def.Options<GatherOptionsView>();
        return new(options.Axis, options.BatchDims);
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), indices = c.Shape(1);
        int at = c.Axis(axis, input.Rank), batch = batchDims < 0 ? batchDims + indices.Rank : batchDims;
        c.Require(batch >= 0 && batch <= Math.Min(at, indices.Rank),
            $"batch_dims {batchDims} is impossible for axis {at} and indices {indices}");
        for (int d = 0; d < batch; d++)
        {
            c.Require(input[d] == indices[d],
                $"input {input} and indices {indices} must share their first {batch} axes");
        }
        c.SetOutput(0, [.. input.Dimensions[..at], .. indices.Dimensions[batch..], .. input.Dimensions[(at + 1)..]]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape input = c.Shape(0), indices = c.Shape(1);
        int at = axis < 0 ? axis + input.Rank : axis, batch = batchDims < 0 ? batchDims + indices.Rank : batchDims;
        long inner = input.Product(at + 1, input.Rank);
        int bits = c.Type(0).Bits();
        bool asBytes = bits is > 0 and < 8 && inner * bits % 8 == 0;
        long rowBytes = asBytes ? inner * bits / 8 : inner * Move.ElementBytes(c.Type(0));
        var shape = new GatherShape(checked((int)input.Product(0, at)), checked((int)input.Product(batch, at)),
            checked((int)indices.Product(batch, indices.Rank)), input[at], checked((int)rowBytes));
        var mover = shape.Mover(c, 1);
        var step = asBytes ? new MoveStep(mover, new MoveOperands(c, [0], [0], asBytes: true)) : Move.Step(c, mover);
        return at == 0 && batch == 0 ? AdaptedLookup.Wrap(c, step, 1, checked((int)inner)) : step;
    }
}
