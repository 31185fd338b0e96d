using Graft.Kernels.Pool;
using Graft.Ops.Pooling;

namespace Graft.Ops;

/// <summary>
/// The custom operator MaxPoolingWithArgmax2D: max pooling, and for each maximum its position in the window, counted column by column, as
/// uint32, whatever type of 32 bits the tensor declares.
/// </summary>
internal sealed class MaxPoolingWithArgmax2D(PoolStruct options) : IOp<MaxPoolingWithArgmax2D>
{
    public static OpSignature Signature => new("MaxPoolingWithArgmax2D", "f32 -> f32 f32|i32|u32");

    public static MaxPoolingWithArgmax2D Read(in OperatorDef def) => new(PoolStruct.Read(def));

    public void Infer(in InferContext c) => ArgmaxPooling.Infer(c, options);

    public IStep Prepare(in PrepareContext c) => ArgmaxPooling.Step(c, options, ArgmaxIndex.Window);
}
