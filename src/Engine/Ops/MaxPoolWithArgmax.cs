using Graft.Errors;
using Graft.Kernels.Pool;
using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>The custom operator MaxPoolWithArgmax: max pooling, and for each maximum its element's number in the image or in the batch.</summary>
internal sealed class MaxPoolWithArgmax(PoolStruct options, bool inBatch) : IOp<MaxPoolWithArgmax>
{
    public static OpSignature Signature => new("MaxPoolWithArgmax", "f32 -> f32 i32|i64");

    public static MaxPoolWithArgmax Read(in OperatorDef def)
    {
        var map = FlexBuffer.Root(def.CustomOptions);
        var (size, strides) = (Spatial(map["ksize"], "ksize"), Spatial(map["strides"], "strides"));
        bool isSame = map["padding"].Utf8().SequenceEqual("SAME"u8);
        if (!isSame && !map["padding"].Utf8().SequenceEqual("VALID"u8)) throw new UnsupportedOptionException("the padding is neither SAME nor VALID");
        var options = PoolStruct.Checked(isSame, strides.Y, strides.X, size.Y, size.X);
        return new(options, map["include_batch_in_index"].Boolean());
    }

    public void Infer(in InferContext c) => ArgmaxPooling.Infer(c, options);

    public IStep Prepare(in PrepareContext c) => ArgmaxPooling.Step(c, options, inBatch ? ArgmaxIndex.Batch : ArgmaxIndex.Image);

    private static (int Y, int X) Spatial(FlexBuffer values, string name)
    {
        if (values.Count != 4 || values[0].Int32() != 1 || values[3].Int32() != 1) throw new UnsupportedOptionException($"{name} must be [1,y,x,1]");
        return (values[1].Int32(), values[2].Int32());
    }
}
