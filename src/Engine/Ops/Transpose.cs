using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>TRANSPOSE: axis i of the output is axis perm[i] of the input. The permutation is input 1 or an option.</summary>
internal sealed class Transpose(int[]? option = null) : IOp<Transpose>
{
    public static OpSignature Signature => new(BuiltinOperator.Transpose, 9, $"{Move.Types} i32|i64 -> =0");

    public static Transpose Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        int[]? permutation = option;
        if (permutation is null && !c.TryIntegers(1, out permutation)) return;
        var shape = c.Shape(0);
        c.Require(permutation.Length == shape.Rank,
            $"perm has {permutation.Length} values; shape {shape} needs {shape.Rank}");
        var result = new int[shape.Rank];
        var seen = new bool[shape.Rank];
        for (int i = 0; i < result.Length; i++)
        {
            int axis = c.Axis(permutation[i], shape.Rank);
            c.Require(!seen[axis], $"perm [{string.Join(",", permutation)}] names axis {axis} twice");
            seen[axis] = true;
            result[i] = shape[axis];
        }
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int[] permutation = option ?? c.Integers(1);
        var shape = c.OutputShape(0);
        long[] from = Move.Strides(c.Shape(0)), to = Move.Strides(shape);
        var axes = new CopyAxis[permutation.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = permutation[i] < 0 ? permutation[i] + axes.Length : permutation[i];
            axes[i] = new(shape[i], from[axis], to[i]);
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes);
        return Move.Step(c, mover);
    }
}
