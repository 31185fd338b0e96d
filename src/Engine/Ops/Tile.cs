using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>TILE: the input repeated along each axis as often as input 1 says.</summary>
internal sealed class Tile : IOp<Tile>
{
    public static OpSignature Signature => new(BuiltinOperator.Tile, 3, $"{Move.Types} i32|i64 -> =0");

    public static Tile Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        if (!c.TryIntegers(1, out int[]? repeats)) return;
        var shape = c.Shape(0);
        c.Require(repeats.Length == shape.Rank,
            $"{repeats.Length} multiples are given; shape {shape} needs {shape.Rank}");
        var result = new int[shape.Rank];
        for (int a = 0; a < result.Length; a++)
        {
            long length = (long)repeats[a] * shape[a];
            c.Require(repeats[a] >= 0 && length <= int.MaxValue,
                $"{shape[a]} along axis {a} cannot be repeated {repeats[a]} times");
            result[a] = (int)length;
        }
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape shape = c.Shape(0), tiled = c.OutputShape(0);
        long[] from = Move.Strides(shape), to = Move.Strides(tiled);
        var axes = new CopyAxis[2 * shape.Rank];
        for (int a = 0; a < shape.Rank; a++)
        {
            axes[2 * a] = new(shape[a] == 0 ? 0 : tiled[a] / shape[a], 0, shape[a] * to[a]);
            axes[2 * a + 1] = new(shape[a], from[a], to[a]);
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes);
        return Move.Step(c, mover);
    }
}
