using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Ops.Adapted;
using Graft.Ops.Matrix;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// DEPTHWISE_CONV_2D: input (batch, y, x, inC), filter (1, fy, fx, outC), bias (outC); output channel c is input channel
/// c / multiplier through filter c.
/// </summary>
internal sealed class DepthwiseConv2D(ConvAttributes attributes, ActivationFunctionType activation) : IOp<DepthwiseConv2D>, IAdaptable, IConvolution
{
    public ConvAttributes Attributes => attributes;

    public IOp With(ConvAttributes other) => new DepthwiseConv2D(other, activation);

    public static OpSignature Signature => new(BuiltinOperator.DepthwiseConv2D, 7,
        "f32 f32 f32? -> f32", "f32 i8 f32? -> f32", "u8 u8 i32? -> u8", "i8 i8|i4 i32? -> i8", "i16 i8 i64? -> i16");

    public static DepthwiseConv2D Read(in OperatorDef def)
    {
        var options = def.Options<DepthwiseConv2DOptionsView>();
        var attributes = new ConvAttributes(options.Padding == Padding.Same, options.StrideH, options.StrideW, options.DilationHFactor, options.DilationWFactor);
        attributes.Check();
        return new(attributes, FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), filter = c.Shape(1);
        c.Require(input.Rank == 4 && filter.Rank == 4 && filter[0] == 1, $"input {input} must have rank 4, filter {filter} rank 4 with a leading 1");
        c.Require(input[3] > 0 && filter[3] % input[3] == 0, $"{filter[3]} filters are no multiple of {input[3]} input channels");
        var (height, width) = attributes.Output(c, input, filter[1], filter[2]);
        c.SetOutput(0, input[0], height, width, filter[3]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var filter = c.Shape(1);
        var geometry = attributes.Geometry(c.Shape(0), c.OutputShape(0), filter[1], filter[2], 1).AlongRows();
        c.Require(!c.HasInput(2) || c.Shape(2).ElementCount == geometry.OutputChannels, $"a bias of {(c.HasInput(2) ? c.Shape(2) : default)} does not fit {geometry.OutputChannels} channels");
        return (c.Type(0), c.Type(1)) switch
        {
            (DType.Float32, DType.Float32) => Adapted(c, geometry, Float),
            (DType.Float32, _) => Adapted(c, geometry, Hybrid),
            (DType.UInt8, _) => Quantized<byte, byte, byte>(c, geometry),
            (DType.Int16, _) => Quantized<short, sbyte, short>(c, geometry),
            _ => Quantized<sbyte, sbyte, sbyte>(c, geometry),
        };
    }

    private delegate IStep MakeStep(in PrepareContext c, ConvGeometry geometry, (float, float) range);

    /// <summary>A step with float outputs, and where adapters may be bound, its twin without activation.</summary>
    private IStep Adapted(in PrepareContext c, ConvGeometry geometry, MakeStep make)
    {
        var range = FusedActivation.Range(activation);
        var plain = make(c, geometry, range);
        return c.IsAdapted ? AdaptedMatrix.Float(c, geometry, plain, make(c, geometry, FusedActivation.Range(ActivationFunctionType.None)), range) : plain;
    }

    private static IStep Float(in PrepareContext c, ConvGeometry geometry, (float, float) range)
    {
        if (c.Kernels == KernelSet.Reference || (long)geometry.FilterHeight * geometry.FilterWidth > DepthwiseFloat.TapsMax)
        {
            return new ConvReferenceFloat(geometry, true, c.In(0), c.In(1), null, c.In(2), range, c.Out(0));
        }
        var (repeat, repeated) = Repeat<float>(c, ref geometry, null);
        var kernel = new DepthwiseFloat(geometry, DepthwiseFloat.WidestPanel(geometry.OutputChannels));
        var weights = DepthwiseWeights.Float(c, geometry, kernel, out var pack);
        return Steps(pack, repeat, new DepthwiseFloatStep(c, geometry, kernel, repeated, weights, range));
    }

    private static IStep Hybrid(in PrepareContext c, ConvGeometry geometry, (float, float) range)
    {
        int pixels = Pixels(c, geometry);
        var rows = new QuantizedRows(c, geometry.Batch, geometry.InputHeight * geometry.InputWidth * geometry.InputChannels,
            geometry.OutputHeight * geometry.OutputWidth / pixels, asymmetric: true);
        var scales = MatrixScales.Repeat(MatrixScales.Weights(c, geometry.OutputChannels), pixels);
        var epilogue = new HybridEpilogue(c.In(2), geometry.OutputChannels, scales, rows, scalesFirst: true, range, c.Out(0));
        return new Sequence(rows, Integer<sbyte, sbyte>(c, geometry, rows, 0, 0, epilogue, pixels));
    }

    private IStep Quantized<TIn, TWeight, TOut>(in PrepareContext c, ConvGeometry geometry)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int zeroPoint = c.Input(0).Quantization?.ZeroPoint ?? 0, weightZeroPoint = c.Input(1).Quantization?.ZeroPoint ?? 0;
        int pixels = Pixels(c, geometry);
        var epilogue = QuantizedEpilogues.For<TOut>(c, geometry.OutputChannels, geometry.FilterHeight * geometry.FilterWidth, activation, Rounding.FixedPoint, pixels: pixels);
        var plain = Integer<TIn, TWeight>(c, geometry, null, zeroPoint, weightZeroPoint, epilogue, pixels);
        if (!c.IsAdapted) return plain;
        var context = c;
        return AdaptedMatrix.Quantized<TIn, TOut>(c, geometry, plain, activation, epilogue.IsWide,
            e => Integer<TIn, TWeight>(context, geometry, null, zeroPoint, weightZeroPoint, e, pixels));
    }

    /// <summary>Outputs that share a panel: then they are rows of as many times the channels, which only the fast kernels for inputs of 8 bits know.</summary>
    private static int Pixels(in PrepareContext c, in ConvGeometry geometry) =>
        c.Kernels == KernelSet.Reference || c.IsAdapted || c.Type(0) == DType.Int16 || HasTooManyTaps(geometry) ? 1 : DepthwiseInt.PixelsFor(geometry, DepthwiseInt.WidestPanel);

    private static bool HasTooManyTaps(in ConvGeometry geometry) => (long)geometry.FilterHeight * geometry.FilterWidth > DepthwiseInt.TapsMax;

    private static IStep Integer<TIn, TWeight>(in PrepareContext c, ConvGeometry geometry, QuantizedRows? rows, int zeroPoint, int weightZeroPoint, IIntEpilogue epilogue, int pixels)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        if (c.Kernels == KernelSet.Reference || epilogue.IsWide || HasTooManyTaps(geometry))
        {
            return new ConvReferenceInt<TIn, TWeight>(c, geometry, true, c.In(0), rows, zeroPoint, c.In(1), c.Type(1), null, weightZeroPoint, epilogue);
        }
        var (repeat, repeated) = Repeat<TIn>(c, ref geometry, rows);
        var kernel = new DepthwiseInt(geometry, DepthwiseInt.WidestPanel, DepthwiseIntStep<TIn>.BandMax(geometry.OutputWidth / pixels),
            System.Runtime.CompilerServices.Unsafe.SizeOf<TIn>(), pixels);
        var weights = DepthwiseWeights.Int<TWeight>(c, geometry, kernel, weightZeroPoint, out var pack);
        return Steps(pack, repeat, new DepthwiseIntStep<TIn>(c, geometry, kernel, repeated, rows, TIn.CreateTruncating(zeroPoint), weights, epilogue));
    }

    private static IStep Steps(params ReadOnlySpan<IStep?> steps) => new Sequence([.. steps.ToArray().OfType<IStep>()]);

    /// <summary>With several filters for an input channel: the step that repeats channels, and the geometry that the kernel then sees.</summary>
    private static (IStep? Step, Scratch? Repeated) Repeat<T>(in PrepareContext c, ref ConvGeometry geometry, QuantizedRows? rows) where T : unmanaged
    {
        int times = geometry.OutputChannels / geometry.InputChannels;
        if (times == 1) return (null, null);
        int elements = geometry.Batch * geometry.InputHeight * geometry.InputWidth * geometry.InputChannels;
        var scratch = c.ScratchShared((long)elements * times * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        geometry = geometry with { InputChannels = geometry.OutputChannels };
        return (new RepeatChannels<T>(c.In(0), rows, scratch, elements, times), scratch);
    }
}
