using Graft.Kernels.Reduce;
using Graft.Ops.Segments;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SEGMENT_SUM: sums of the rows of input 0 with the same number in input 1, which begins at 0 and rises by 0 or 1.</summary>
internal sealed class SegmentSum : IOp<SegmentSum>
{
    public static OpSignature Signature => new(BuiltinOperator.SegmentSum, 1, "f32|i32 i32 -> =0");

    public static SegmentSum Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var (data, ids) = (c.Shape(0), c.Shape(1));
        c.Require(data.Rank >= 1 && ids.Rank == 1 && ids[0] == data[0], $"segment numbers {ids} do not number the rows of {data}");
        if (!c.TryIntegers(1, out var numbers)) return;
        int last = -1;
        for (int i = 0; i < numbers.Length; i++)
        {
            bool rises = i == 0 ? numbers[0] == 0 : numbers[i] == last || numbers[i] - 1L == last;
            c.Require(rises, $"segment number {numbers[i]} at {i} follows {last}; numbers begin at 0 and rise by 0 or 1");
            last = numbers[i];
        }
        c.SetOutput(0, [last + 1, .. data.Dimensions[1..]]);
    }

    public IStep Prepare(in PrepareContext c) => UnsortedSegments.Step<SumOf<float>, SumOf<int>>(c);
}
