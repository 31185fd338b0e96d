using Graft.Kernels.Reduce;
using Graft.Ops.Segments;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNSORTED_SEGMENT_MAX: maxima; the lowest finite value for an empty segment.</summary>
internal sealed class UnsortedSegmentMax : IOp<UnsortedSegmentMax>
{
    public static OpSignature Signature => new(BuiltinOperator.UnsortedSegmentMax, 1, UnsortedSegments.Types);

    public static UnsortedSegmentMax Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => UnsortedSegments.Infer(c);

    public IStep Prepare(in PrepareContext c) => UnsortedSegments.Step<MaximumOf<float>, MaximumOf<int>>(c);
}
