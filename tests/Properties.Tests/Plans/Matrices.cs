using Graft.Schema;

namespace Graft.Properties.Plans;

/// <summary>Convolutions, matrix products and pooling: float, quantised per tensor and per channel, and dynamic range.</summary>
internal static class Matrices
{
    public static void Conv(Sketch s)
    {
        var d = s.Draw;
        int groups = d.Once(5) ? d.Int(2, 3) : 1, depth = d.Of(1, 2, 3, 4, 8, 17);
        int[] filter = [d.Of(1, 2, 3, 4, 8, 17, 32) * groups, d.Int(1, 4), d.Int(1, 4), depth];
        var options = new Conv2DOptionsRecord
        {
            Padding = d.Of(Padding.Same, Padding.Valid),
            StrideH = d.Int(1, 3),
            StrideW = d.Int(1, 3),
            DilationHFactor = d.Once(3) ? d.Int(2, 3) : 1,
            DilationWFactor = d.Once(3) ? d.Int(2, 3) : 1,
            FusedActivationFunction = Pointwise.Activation(d),
            QuantizedBiasType = BiasType(s, 2),
        };
        s.Options = options;
        int[] data = [d.Int(1, 3), Extent(d, filter[1], options.DilationHFactor), Extent(d, filter[2], options.DilationWFactor), depth * groups];
        Product(s, data, filter, 0, filter[0], filter[1] * filter[2] * depth);
    }

    public static void Depthwise(Sketch s)
    {
        var d = s.Draw;
        int depth = d.Of(1, 2, 3, 4, 8, 17), multiplier = d.Of(1, 1, 2, 3);
        int[] filter = [1, d.Int(1, 4), d.Int(1, 4), depth * multiplier];
        var options = new DepthwiseConv2DOptionsRecord
        {
            Padding = d.Of(Padding.Same, Padding.Valid),
            StrideH = d.Int(1, 3),
            StrideW = d.Int(1, 3),
            DepthMultiplier = multiplier,
            DilationHFactor = d.Once(3) ? d.Int(2, 3) : 1,
            DilationWFactor = d.Once(3) ? d.Int(2, 3) : 1,
            FusedActivationFunction = Pointwise.Activation(d),
        };
        s.Options = options;
        int[] data = [d.Int(1, 3), Extent(d, filter[1], options.DilationHFactor), Extent(d, filter[2], options.DilationWFactor), depth];
        Product(s, data, filter, 3, filter[3], filter[1] * filter[2]);
    }

    public static void FullyConnected(Sketch s)
    {
        var d = s.Draw;
        int depth = d.Of(1, 2, 3, 4, 8, 17, 64, 100), units = d.Of(1, 2, 3, 4, 8, 17, 33);
        bool keep = d.Bool();
        int[] data = keep ? [.. d.Shape(0, 2), depth] : [d.Of(1, 2, 5, 9), depth];
        s.Options = new FullyConnectedOptionsRecord
        {
            KeepNumDims = keep,
            FusedActivationFunction = Pointwise.Activation(d),
            AsymmetricQuantizeInputs = d.Bool(),
            QuantizedBiasType = BiasType(s, 2),
        };
        Product(s, data, [units, depth], 0, units, depth);
    }

    public static void BatchMatMul(Sketch s)
    {
        var d = s.Draw;
        bool adjX = d.Once(3), adjY = d.Once(3);
        int m = d.Of(1, 2, 3, 5, 9), k = d.Of(1, 2, 3, 8, 17, 40), n = d.Of(1, 2, 3, 8, 17);
        // The reference takes the scales of other rows when there are two batch axes.
        int[] batch = d.Shape(0, s.Type(0).IsFloat() && !s.Type(1).IsFloat() ? 1 : 2);
        int[] left = [.. d.Narrowed(batch), adjX ? k : m, adjX ? m : k], right = [.. d.Narrowed(batch), adjY ? n : k, adjY ? k : n];
        s.Options = new BatchMatMulOptionsRecord { AdjX = adjX, AdjY = adjY, AsymmetricQuantizeInputs = d.Bool() };
        var domain = Domain.Summed(d);
        Quant? x = s.Free(s.Type(0)), y = Quants.Takes(s.Type(1)) ? new(0.05f, s.Type(0).IsFloat() ? 0 : s.Free(s.Type(1))!.ZeroPoint) : null;
        s.Data(left, domain, x);
        s.Data(right, s.Type(1) == DType.Int8 ? Domain.Whole(-127, 127) : domain, y, bounded: s.Type(1) == DType.Int8);
        s.Result(s.Sums(s.Types.Outputs[0], x, y, k));
    }

    public static void Transposed(Sketch s)
    {
        var d = s.Draw;
        int[] filter = [d.Of(1, 2, 3, 8, 17), d.Int(1, 4), d.Int(1, 4), d.Of(1, 2, 3, 8, 17)];
        int[] data = [d.Int(1, 2), d.Int(1, 6), d.Int(1, 6), filter[3]];
        var options = new TransposeConvOptionsRecord
        {
            Padding = d.Of(Padding.Same, Padding.Valid),
            StrideH = d.Int(1, 3),
            StrideW = d.Int(1, 3),
            FusedActivationFunction = Pointwise.Activation(d),
            QuantizedBiasType = BiasType(s, 3),
        };
        s.Options = options;
        int Grown(int length, int stride, int size) => options.Padding == Padding.Same ? length * stride : ((length - 1) * stride) + Math.Max(size, stride);
        s.Integers([data[0], Grown(data[1], options.StrideH, filter[1]), Grown(data[2], options.StrideW, filter[2]), filter[0]]);
        var weights = WeightScales(s, 1, filter, 0);
        var quant = s.Free(s.Type(2));
        var domain = Domain.Summed(d);
        AddWeights(s, 1, filter, domain, weights);
        s.Data(data, domain, quant);
        AddBias(s, 3, filter[0], domain, quant, weights);
        s.Result(s.Sums(s.Types.Outputs[0], quant, weights, filter[1] * filter[2] * filter[3]));
    }

    public static void Conv3D(Sketch s)
    {
        var d = s.Draw;
        int[] filter = [d.Int(1, 3), d.Int(1, 3), d.Int(1, 3), d.Of(1, 2, 5), d.Of(1, 2, 9)];
        int dilation = d.Once(3) ? 2 : 1;
        s.Options = new Conv3DOptionsRecord
        {
            Padding = d.Of(Padding.Same, Padding.Valid),
            StrideD = d.Int(1, 2),
            StrideH = d.Int(1, 2),
            StrideW = d.Int(1, 2),
            DilationDFactor = dilation,
            DilationHFactor = dilation,
            DilationWFactor = dilation,
            FusedActivationFunction = Pointwise.Activation(d),
        };
        var domain = Domain.Summed(d);
        s.Data([d.Int(1, 2), Extent(d, filter[0], dilation), Extent(d, filter[1], dilation), Extent(d, filter[2], dilation), filter[3]], domain);
        s.Constant(filter, domain);
        AddBias(s, 2, filter[4], domain, null, null);
        s.Result();
    }

    public static void Pool(Sketch s)
    {
        var d = s.Draw;
        var options = new Pool2DOptionsRecord
        {
            Padding = d.Of(Padding.Same, Padding.Valid),
            FilterHeight = d.Int(1, 4),
            FilterWidth = d.Int(1, 4),
            StrideH = d.Int(1, 3),
            StrideW = d.Int(1, 3),
            FusedActivationFunction = Pointwise.Activation(d),
        };
        s.Options = options;
        var quant = s.Free(s.Type(0));
        s.Data([d.Int(1, 3), Extent(d, options.FilterHeight, 1), Extent(d, options.FilterWidth, 1), d.Of(1, 2, 3, 8, 17, 40)], Domain.Summed(d), quant);
        s.Result(quant);
    }

    /// <summary>Data, weights and bias, in this order.</summary>
    private static void Product(Sketch s, int[] data, int[] filter, int axis, int units, int terms)
    {
        var quant = s.Free(s.Type(0));
        var weights = WeightScales(s, 1, filter, axis);
        var domain = Domain.Summed(s.Draw);
        s.Data(data, domain, quant);
        AddWeights(s, 1, filter, domain, weights);
        AddBias(s, 2, units, domain, quant, weights);
        s.Result(s.Sums(s.Types.Outputs[0], quant, weights, terms));
    }

    private static Quant? WeightScales(Sketch s, int input, int[] filter, int axis) =>
        s.Type(input).IsFloat() ? null : s.Weights(s.Type(input), filter, axis);

    // -128 is no weight: converters keep to a symmetric range, and the reference relies on that, also where it takes uint8 for int8.
    private static void AddWeights(Sketch s, int input, int[] filter, Domain floats, Quant? quant)
    {
        bool isHybrid = s.Type(input) == DType.UInt8 && s.Types.Outputs[0].IsFloat();
        var domain = isHybrid ? Domain.Whole(0, 127) : s.Type(input) == DType.Int8 ? Domain.Whole(-127, 127) : floats;
        s.Constant(filter, domain, quant, bounded: isHybrid || s.Type(input) == DType.Int8);
    }

    private static TensorType BiasType(Sketch s, int input) => s.Has(input) && !s.Type(input).IsFloat() ? (TensorType)s.Type(input) : TensorType.Float32;

    private static void AddBias(Sketch s, int input, int units, Domain floats, Quant? data, Quant? weights)
    {
        if (input >= s.Types.Inputs.Count) return;
        if (!s.Has(input)) s.Absent();
        else s.Constant([units], s.Type(input).IsFloat() ? floats : Domain.Whole(-3000, 3000), Quants.Bias(s.Type(input), data, weights), bounded: true);
    }

    /// <summary>A length that a filter fits into.</summary>
    private static int Extent(Draw d, int filter, int dilation) => ((filter - 1) * dilation) + d.Int(1, 8);
}
