using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SLICE: a box of the input from input 1 (begin), of the sizes in input 2; size -1 reaches to the end of its axis.
/// </summary>
internal sealed class Slice : IOp<Slice>
{
    public static OpSignature Signature => new(BuiltinOperator.Slice, 8, $"{Move.Types} i32|i64 i32|i64 -> =0");

    public static Slice Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(c.Shape(1).ElementCount == shape.Rank && c.Shape(2).ElementCount == shape.Rank,
            $"begin and size must have one value for each axis of {shape}; "
                + $"they have shapes {c.Shape(1)} and {c.Shape(2)}");
        if (!c.TryIntegers(2, out int[]? sizes)) return;
        if (!c.TryIntegers(1, out int[]? begin))
        {
            if (!sizes.Contains(-1)) SetSizes(c, shape, sizes);
            return;
        }
        for (int a = 0; a < shape.Rank; a++)
        {
            c.Require(begin[a] >= 0 && begin[a] <= shape[a],
                $"begin {begin[a]} along axis {a} is outside [0, {shape[a]}]");
            if (sizes[a] == -1) sizes[a] = shape[a] - begin[a];
            c.Require((long)begin[a] + sizes[a] <= shape[a],
                $"begin {begin[a]} and size {sizes[a]} along axis {a} exceed its length {shape[a]}");
        }
        SetSizes(c, shape, sizes);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        var sizes = c.OutputShape(0);
        long[] from = Move.Strides(shape), to = Move.Strides(sizes);
        var axes = new CopyAxis[shape.Rank];
        for (int a = 0; a < axes.Length; a++) axes[a] = new(sizes[a], from[a], to[a]);
        long start = 0;
        IMoveOffset? offset = null;
        if (c.TryBytes(1, out var bytes))
        {
            int[] begin = Integers.Read(c.Type(1), bytes)!;
            for (int a = 0; a < axes.Length; a++) start += begin[a] * from[a];
        }
        else
        {
            offset = new BeginOffset(RunIntegers.Of(c, 1), shape, sizes, from);
        }
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes, start, 0, offset: offset);
        return Move.Step(c, mover);
    }

    private static void SetSizes(in InferContext c, Shape shape, int[] sizes)
    {
        for (int a = 0; a < sizes.Length; a++)
        {
            c.Require(sizes[a] >= 0 && sizes[a] <= shape[a],
                $"size {sizes[a]} along axis {a} is outside [0, {shape[a]}]");
        }
        c.SetOutput(0, sizes);
    }

    private sealed class BeginOffset(RunIntegers begin, Shape shape, Shape sizes, long[] strides) : IMoveOffset
    {
        public (long Source, long Target) At(in RunContext c)
        {
            long start = 0;
            for (int a = 0; a < strides.Length; a++)
            {
                long at = begin.Read(c, a);
                if (at < 0 || at > shape[a] - sizes[a])
                {
                    StepFault.Raise($"begin {at} along axis {a} is outside [0, {shape[a] - sizes[a]}]");
                }
                start += at * strides[a];
            }
            return (start, 0);
        }
    }
}
