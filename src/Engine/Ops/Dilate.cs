using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// DILATE: the input's elements apart by the factors in input 1, with the value of input 2 between them.
/// </summary>
internal sealed class Dilate : IOp<Dilate>
{
    public static OpSignature Signature => new(BuiltinOperator.Dilate, 1, $"{Move.Types} i32|i64 =0 -> =0");

    public static Dilate Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank > 0, "a scalar has no axes to dilate");
        c.Require(c.Shape(1).Rank == 1 && c.Shape(1)[0] == shape.Rank,
            $"factors must have shape [{shape.Rank}]; they have {c.Shape(1)}");
        c.Require(c.Shape(2).ElementCount == 1, $"the padding value must be a scalar; it has shape {c.Shape(2)}");
        if (!c.TryIntegers(1, out int[]? factors)) return;
        int[] result = shape.Dimensions.ToArray();
        for (int a = 0; a < result.Length; a++)
        {
            c.Require(factors[a] >= 1, $"factor {factors[a]} is not positive");
            long length = result[a] == 0 ? 0 : (result[a] - 1L) * factors[a] + 1;
            c.Require(length <= int.MaxValue,
                $"{result[a]} along axis {a}, dilated by {factors[a]}, exceeds the limit of {int.MaxValue}");
            result[a] = (int)length;
        }
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int[] factors = c.Integers(1);
        Shape shape = c.Shape(0), dilated = c.OutputShape(0);
        long[] from = Move.Strides(shape), to = Move.Strides(dilated);
        var axes = new CopyAxis[shape.Rank];
        for (int a = 0; a < axes.Length; a++) axes[a] = new(shape[a], from[a], to[a] * factors[a]);
        var mover = new CopyMover(c.Type(0), isSequence: true);
        mover.Copy([new(checked((int)dilated.ElementCount), 0, 1)], source: 1);
        mover.Copy(axes);
        return Move.Step(c, mover, [0, 2], [0]);
    }
}
