using Graft.Kernels.Resize;
using Graft.Ops.Resizing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RESIZE_NEAREST_NEIGHBOR: each output pixel is the nearest pixel of the input.</summary>
internal sealed class ResizeNearestNeighbor(bool alignCorners, bool halfPixelCenters) : IOp<ResizeNearestNeighbor>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.ResizeNearestNeighbor, 4, "f32|f16|bf16|f64|f8e4|f8e5|i8|u8|i16|u16|i32|u32|i64|u64|bool|c64|c128 i32 -> =0");

    public static ResizeNearestNeighbor Read(in OperatorDef def)
    {
        var options = def.Options<ResizeNearestNeighborOptionsView>();
        return new(options.AlignCorners, options.HalfPixelCenters);
    }

    public void Infer(in InferContext c) => ResizeShape.Infer(c);

    public IStep Prepare(in PrepareContext c)
    {
        Shape from = c.Shape(0), to = c.OutputShape(0);
        int pixelBytes = from[3] * c.Type(0).Bits() / 8;
        var row = new NearestRow(Nearest.Sources(from[2], to[2], alignCorners, halfPixelCenters), pixelBytes, from[2]);
        var rows = Nearest.Sources(from[1], to[1], alignCorners, halfPixelCenters);
        return new NearestStep(c.In(0), c.Out(0), rows, from[1], from[0], row, from[2] * pixelBytes);
    }
}
