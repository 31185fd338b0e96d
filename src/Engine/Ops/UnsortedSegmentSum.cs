using Graft.Kernels.Reduce;
using Graft.Ops.Segments;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNSORTED_SEGMENT_SUM: sums; 0 for an empty segment; integers wrap.</summary>
internal sealed class UnsortedSegmentSum : IOp<UnsortedSegmentSum>
{
    public static OpSignature Signature => new(BuiltinOperator.UnsortedSegmentSum, 1, UnsortedSegments.Types);

    public static UnsortedSegmentSum Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => UnsortedSegments.Infer(c);

    public IStep Prepare(in PrepareContext c) => UnsortedSegments.Step<SumOf<float>, SumOf<int>>(c);
}
