using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Adapted;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops.Matrix;

/// <summary>
/// Chooses the steps of a convolution or fully connected layer by the types of its operands: input 0, weights 1, bias 2, output 0.
/// </summary>
internal static class MatrixSteps
{
    public static IStep Prepare(in PrepareContext c, in ConvGeometry geometry, ActivationFunctionType activation, Rounding rounding, bool asymmetric, bool scalesFirst)
    {
        CheckBias(c, geometry.OutputChannels);
        return (c.Type(0), c.Type(1)) switch
        {
            (DType.Float32, DType.Float32 or DType.Float16) => Adapted(c, geometry, activation, Float),
            (DType.Float32, _) => Adapted(c, geometry, activation, (in c, in g, range) => Hybrid(c, g, range, asymmetric, scalesFirst)),
            (DType.UInt8, _) when c.Output(0).Type == DType.Int16 => Quantized<byte, short>(c, geometry, activation, rounding),
            (DType.UInt8, _) => Quantized<byte, byte>(c, geometry, activation, rounding),
            (DType.Int16, _) => Quantized<short, short>(c, geometry, activation, rounding),
            _ => Quantized<sbyte, sbyte>(c, geometry, activation, rounding),
        };
    }

    public delegate IStep MakeStep(in PrepareContext c, in ConvGeometry geometry, (float, float) range);

    /// <summary>A step with float outputs, and where adapters may be bound, its twin without activation.</summary>
    public static IStep Adapted(in PrepareContext c, in ConvGeometry geometry, ActivationFunctionType activation, MakeStep make)
    {
        var range = FusedActivation.Range(activation);
        var plain = make(c, geometry, range);
        return c.IsAdapted ? AdaptedMatrix.Float(c, geometry, plain, make(c, geometry, FusedActivation.Range(ActivationFunctionType.None)), range) : plain;
    }

    private static IStep Float(in PrepareContext c, in ConvGeometry geometry, (float, float) range)
    {
        if (c.Kernels == KernelSet.Reference || geometry.K == 0) return new ConvReferenceFloat(geometry, false, c.In(0), c.In(1), MatrixWeights.Sparse(c), c.In(2), range, c.Out(0)) { WeightType = c.Type(1) };
        var weights = MatrixWeights.Float(c, geometry.Groups, geometry.OutputChannels / geometry.Groups, geometry.K, out var first);
        var step = new GemmFloatStep(c, geometry, c.In(2), weights, range);
        return first is null ? step : new Sequence(first, step);
    }

    private static IStep Hybrid(in PrepareContext c, in ConvGeometry geometry, (float, float) range, bool asymmetric, bool scalesFirst)
    {
        bool isPlain = c.Kernels == KernelSet.Reference || geometry.K == 0;
        var kernel = MatrixWeights.Kernel(c, false);
        var layer = isPlain ? IntLayer.Plain(geometry) : IntLayer.Plan(c, geometry, kernel, mayJoin: true);
        var rows = new QuantizedRows(c, geometry.Batch, geometry.InputHeight * geometry.InputWidth * geometry.InputChannels,
            layer.Geometry.OutputHeight * layer.Geometry.OutputWidth, asymmetric, kernel: !isPlain && layer.RowsAreFactors(kernel) ? kernel : null);
        var scales = MatrixScales.Repeat(MatrixScales.Weights(c, geometry.OutputChannels), layer.Pixels);
        var epilogue = new HybridEpilogue(c.In(2), geometry.OutputChannels, scales, rows, scalesFirst, range, c.Out(0));
        if (isPlain)
        {
            return new Sequence(rows, new ConvReferenceInt<sbyte, sbyte>(c, geometry, false, c.In(0), rows, 0, c.In(1), c.Type(1), MatrixWeights.Sparse(c), 0, epilogue));
        }
        var weights = MatrixWeights.Int(c, geometry.Groups, geometry.OutputChannels / geometry.Groups, geometry.K, kernel, out var first, window: layer.Window);
        var step = new GemmIntStep<sbyte>(c, layer, rows, 0, weights, epilogue);
        return first is null ? new Sequence(rows, step) : new Sequence(first, rows, step);
    }

    private static IStep Quantized<TIn, TOut>(in PrepareContext c, in ConvGeometry geometry, ActivationFunctionType activation, Rounding rounding)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int zeroPoint = c.Input(0).Quantization?.ZeroPoint ?? 0, weightZeroPoint = c.Input(1).Quantization?.ZeroPoint ?? 0;
        c.Require(c.Type(0) != DType.Int16 || zeroPoint == 0, $"16-bit activations need zero point 0, not {zeroPoint}");
        var kernel = MatrixWeights.Kernel(c, c.Type(0) == DType.Int16);
        bool isPlain = IsPlain(c, geometry);
        // A plan for one pixel in a row is made where sums have other uses.
        var joined = isPlain ? IntLayer.Plain(geometry) : IntLayer.Plan(c, geometry, kernel, mayJoin: c.Type(0) != DType.Int16);
        var epilogue = QuantizedEpilogues.For<TOut>(c, geometry.OutputChannels, geometry.K, activation, rounding, pixels: joined.Pixels);
        var plain = Sums<TIn>(c, geometry, joined, kernel, zeroPoint, weightZeroPoint, epilogue);
        if (!c.IsAdapted) return plain;
        var (context, sizes, single) = (c, geometry, isPlain ? joined : IntLayer.Plan(c, geometry, kernel, mayJoin: false));
        return AdaptedMatrix.Quantized<TIn, TOut>(c, geometry, plain, activation, epilogue.IsWide, e => Sums<TIn>(context, sizes, single, kernel, zeroPoint, weightZeroPoint, e));
    }

    /// <summary>The step that adds up integer products and hands the sums to an epilogue.</summary>
    private static IStep Sums<TIn>(in PrepareContext c, in ConvGeometry geometry, IntLayer layer, GemmInt kernel, int zeroPoint, int weightZeroPoint, IIntEpilogue epilogue)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        if (IsPlain(c, geometry))
        {
            return c.Type(1) switch
            {
                DType.UInt8 => new ConvReferenceInt<TIn, byte>(c, geometry, false, c.In(0), null, zeroPoint, c.In(1), c.Type(1), MatrixWeights.Sparse(c), weightZeroPoint, epilogue),
                DType.Int16 => new ConvReferenceInt<TIn, short>(c, geometry, false, c.In(0), null, zeroPoint, c.In(1), c.Type(1), MatrixWeights.Sparse(c), weightZeroPoint, epilogue),
                _ => new ConvReferenceInt<TIn, sbyte>(c, geometry, false, c.In(0), null, zeroPoint, c.In(1), c.Type(1), MatrixWeights.Sparse(c), weightZeroPoint, epilogue),
            };
        }
        int columns = geometry.OutputChannels / geometry.Groups;
        var weights = MatrixWeights.Int(c, geometry.Groups, columns, geometry.K, kernel, out var first, window: layer.Window);
        var step = new GemmIntStep<TIn>(c, layer, null, TIn.CreateTruncating(zeroPoint), weights, epilogue);
        return first is null ? step : new Sequence(first, step);
    }

    /// <summary>Products of two 16-bit factors leave no room to add them in 32 bits: they go by the definition.</summary>
    private static bool IsPlain(in PrepareContext c, in ConvGeometry geometry) => c.Kernels == KernelSet.Reference || geometry.K == 0 || c.Type(1) == DType.Int16;

    private static void CheckBias(in PrepareContext c, int channels)
    {
        if (!c.HasInput(2)) return;
        c.Require(c.Shape(2).ElementCount == channels, $"a bias of shape {c.Shape(2)} does not fit {channels} output channels");
    }
}
