using Graft.Kernels.Reduce;
using Graft.Ops.Segments;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNSORTED_SEGMENT_MIN: minima; the highest finite value for an empty segment.</summary>
internal sealed class UnsortedSegmentMin : IOp<UnsortedSegmentMin>
{
    public static OpSignature Signature => new(BuiltinOperator.UnsortedSegmentMin, 1, UnsortedSegments.Types);

    public static UnsortedSegmentMin Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => UnsortedSegments.Infer(c);

    public IStep Prepare(in PrepareContext c) => UnsortedSegments.Step<MinimumOf<float>, MinimumOf<int>>(c);
}
