using Graft.Errors;
using Graft.Kernels.Reference;
using Graft.Kernels.Resize;
using Graft.Ops.Resizing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RESIZE_BILINEAR: each output pixel mixes the four neighbours of its position in the input.</summary>
internal sealed class ResizeBilinear(bool alignCorners, bool halfPixelCenters) : IOp<ResizeBilinear>
{
    public static OpSignature Signature => new(BuiltinOperator.ResizeBilinear, 4, "f32|i8|u8|i16 i32 -> =0");

    public static ResizeBilinear Read(in OperatorDef def)
    {
        var options = def.Options<ResizeBilinearOptionsView>();
        if (options.AlignCorners && options.HalfPixelCenters)
        {
            throw new UnsupportedOptionException("align_corners and half_pixel_centers exclude each other");
        }
        return new(options.AlignCorners, options.HalfPixelCenters);
    }

    public void Infer(in InferContext c) => ResizeShape.Infer(c);

    public IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 => Step<FloatBilinear, NaiveBilinear<NaiveFloatPixel, float, float, float>, float, float>(c, Tap.Float),
        DType.UInt8 => Step<ByteBilinear, NaiveBilinear<NaiveBytePixel, byte, float, float>, byte, float>(c, Tap.Float),
        DType.Int8 => Step<SByteBilinear, NaiveBilinear<NaiveIntPixel<sbyte>, sbyte, int, long>, sbyte, int>(c, Tap.Fixed),
        _ => Step<ShortBilinear, NaiveBilinear<NaiveIntPixel<short>, short, int, long>, short, int>(c, Tap.Fixed),
    };

    private IStep Step<TFast, TPlain, T, W>(in PrepareContext c, Func<int, int, bool, bool, Tap<W>[]> taps)
        where TFast : struct, IBilinear<T, W>
        where TPlain : struct, IBilinear<T, W>
        where T : unmanaged
        where W : unmanaged
    {
        Shape from = c.Shape(0), to = c.OutputShape(0);
        Tap<W>[] rows = taps(from[1], to[1], alignCorners, halfPixelCenters), columns = taps(from[2], to[2], alignCorners, halfPixelCenters);
        return c.Kernels == KernelSet.Reference
            ? new BilinearStep<TPlain, T, W>(c.In(0), c.Out(0), from, rows, columns)
            : new BilinearStep<TFast, T, W>(c.In(0), c.Out(0), from, rows, columns);
    }
}
