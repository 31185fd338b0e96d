using Graft.Kernels.Reduce;
using Graft.Ops.Segments;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>UNSORTED_SEGMENT_PROD: products; 1 for an empty segment; integers wrap.</summary>
internal sealed class UnsortedSegmentProd : IOp<UnsortedSegmentProd>
{
    public static OpSignature Signature => new(BuiltinOperator.UnsortedSegmentProd, 1, UnsortedSegments.Types);

    public static UnsortedSegmentProd Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => UnsortedSegments.Infer(c);

    public IStep Prepare(in PrepareContext c) => UnsortedSegments.Step<ProductOf<float>, ProductOf<int>>(c);
}
