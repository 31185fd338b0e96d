using Graft.Errors;
using Graft.Ops.Pooling;

namespace Graft.Ops;

/// <summary>
/// The custom operator MaxUnpooling2D: zeros but for the values, each at the position in its window that its index names, counted column
/// by column. Windows lie side by side.
/// </summary>
internal sealed class MaxUnpooling2D(PoolStruct options) : IOp<MaxUnpooling2D>
{
    public static OpSignature Signature => new("MaxUnpooling2D", "f32 f32|i32|u32 -> f32");

    public static MaxUnpooling2D Read(in OperatorDef def)
    {
        var options = PoolStruct.Read(def);
        bool isTiled = options.Window.StrideY == options.FilterHeight && options.Window.StrideX == options.FilterWidth;
        return isTiled ? new(options) : throw new UnsupportedOptionException("strides that differ from the filter are not supported");
    }

    public void Infer(in InferContext c) => Unpooling.Infer(c, options);

    public IStep Prepare(in PrepareContext c) => Unpooling.For(c, options, inWindow: true);
}
