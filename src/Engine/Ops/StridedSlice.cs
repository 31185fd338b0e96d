using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STRIDED_SLICE: NumPy's slicing, with begin, end and strides in inputs 1 to 3 and five masks as options.
/// </summary>
internal sealed class StridedSlice(SliceSpec spec) : IOp<StridedSlice>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.StridedSlice, 8, $"{Move.Types} i32|i64 i32|i64 i32|i64 -> =0");

    public static StridedSlice Read(in OperatorDef def) => new(SliceSpec.Read(def.Options<StridedSliceOptionsView>()));

    public void Infer(in InferContext c)
    {
        long count = c.Shape(1).ElementCount;
        c.Require(c.Shape(1).Rank == 1 && c.Shape(2) == c.Shape(1) && c.Shape(3) == c.Shape(1)
            && count <= SliceSpec.IndicesMax,
            $"begin, end and strides must be vectors of one length, up to {SliceSpec.IndicesMax}; "
                + $"they have shapes {c.Shape(1)}, {c.Shape(2)}, {c.Shape(3)}");
        if (!c.TryIntegers(3, out int[]? strides)) return;
        c.TryIntegers(1, out int[]? begin);
        c.TryIntegers(2, out int[]? end);
        var axes = spec.Resolve(c.Shape(0), (int)count, begin, end, strides, out string problem);
        c.Require(problem.Length == 0, problem);
        if (axes is not null) c.SetOutput(0, [.. axes.Where(a => a.IsKept).Select(a => a.Length)]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        int[]? begin = c.TryBytes(1, out var bytes) ? Integers.Read(c.Type(1), bytes) : null;
        int[]? end = c.TryBytes(2, out bytes) ? Integers.Read(c.Type(2), bytes) : null;
        var spans = spec.Resolve(shape, (int)c.Shape(1).ElementCount, begin, end, c.Integers(3), out _)!;
        var strides = Move.Strides(shape);
        var axes = new List<CopyAxis>();
        long start = 0, step = 1;
        for (int i = spans.Length - 1; i >= 0; i--)
        {
            var span = spans[i];
            if (span.Axis < 0) continue;
            start += span.Start * strides[span.Axis];
            if (!span.IsKept) continue;
            axes.Insert(0, new(span.Length, span.Stride * strides[span.Axis], step));
            step *= span.Length;
        }
        var open = spans.Where(s => s.Index >= 0).ToArray();
        var mover = new CopyMover(c.Type(0));
        mover.Copy(axes.ToArray(), start, 0, offset: open.Length == 0 ? null
            : new BeginOffset(RunIntegers.Of(c, 1), open, shape, strides));
        return Move.Step(c, mover);
    }

    private sealed class BeginOffset(RunIntegers begin, SliceAxis[] axes, Shape shape, long[] strides) : IMoveOffset
    {
        public (long Source, long Target) At(in RunContext c)
        {
            long start = 0;
            foreach (var axis in axes)
            {
                long at = begin.Read(c, axis.Index);
                int size = shape[axis.Axis];
                if (at < -size || at >= size)
                {
                    StepFault.Raise($"begin {at} of index {axis.Index} is outside [{-size}, {size - 1}]");
                }
                start += (at < 0 ? at + size : at) * strides[axis.Axis];
            }
            return (start, 0);
        }
    }
}
