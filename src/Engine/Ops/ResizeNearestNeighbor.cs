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
        var action = new MakeStep(c.In(0), c.Out(0), from, Nearest.Sources(from[1], to[1], alignCorners, halfPixelCenters),
            Nearest.Sources(from[2], to[2], alignCorners, halfPixelCenters));
        return DTypes.DispatchWidth<MakeStep, IStep>(c.Type(0), ref action);
    }

    private readonly struct MakeStep(Operand input, Operand output, Shape from, int[] rows, int[] columns) : IDTypeAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged => new NearestStep<T>(input, output, from, rows, columns);
    }
}
