using Graft.Kernels.Reduce;

namespace Graft.Ops.Segments;

/// <summary>
/// The operators UNSORTED_SEGMENT_*: row s of the output joins the rows of input 0 whose number in input 1 is s, in any order; input 2
/// says how many segments there are. Input 1 may have several dimensions, the first ones of input 0.
/// </summary>
internal static class UnsortedSegments
{
    public const string Types = "f32|i32 i32 i32 -> =0";

    public static void Infer(in InferContext c)
    {
        var (data, ids) = (c.Shape(0), c.Shape(1));
        bool fits = ids.Rank <= data.Rank && data.Dimensions[..ids.Rank].SequenceEqual(ids.Dimensions);
        c.Require(fits, $"segment numbers of shape {ids} do not begin the shape of the data, {data}");
        c.Require(c.Shape(2).ElementCount == 1, $"the number of segments has shape {c.Shape(2)}; one element is expected");
        if (!c.TryIntegers(2, out var segments)) return;
        c.SetOutput(0, [segments[0], .. data.Dimensions[ids.Rank..]]);
    }

    public static IStep Step<TFloat, TInt>(in PrepareContext c) where TFloat : struct, IReduction<float> where TInt : struct, IReduction<int>
    {
        var shape = c.OutputShape(0);
        int inner = (int)shape.Product(1, shape.Rank);
        return c.Type(0) == DType.Float32
            ? new SegmentStep<TFloat, float>(c.In(0), c.In(1), c.Out(0), shape[0], inner)
            : new SegmentStep<TInt, int>(c.In(0), c.In(1), c.Out(0), shape[0], inner);
    }
}
