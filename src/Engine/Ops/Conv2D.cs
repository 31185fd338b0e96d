using Graft.Ops.Matrix;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// CONV_2D: input (batch, y, x, inC), filter (outC, fy, fx, inC / groups), bias (outC), output (batch, y', x', outC); padding SAME or
/// VALID, stride, dilation, groups, fused activation. Of an int16 filter the first bytes are taken, as int8, as in the reference.
/// </summary>
internal sealed class Conv2D(ConvAttributes attributes, ActivationFunctionType activation) : IOp<Conv2D>, IReadsSparse, IAdaptable, IConvolution
{
    public ConvAttributes Attributes => attributes;

    public IOp With(ConvAttributes other) => new Conv2D(other, activation);

    public static OpSignature Signature => new(BuiltinOperator.Conv2D, 8,
        "f32 f32 f32? -> f32", "f32 i8|u8|i4 f32? -> f32", "u8 u8 i32? -> u8", "i8 i8|i4 i32? -> i8", "i16 i8|i4|i16 i32|i64? -> i16");

    public static Conv2D Read(in OperatorDef def)
    {
        var options = def.Options<Conv2DOptionsView>();
        var attributes = new ConvAttributes(options.Padding == Padding.Same, options.StrideH, options.StrideW, options.DilationHFactor, options.DilationWFactor);
        attributes.Check();
        return new(attributes, FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), filter = c.Shape(1);
        c.Require(input.Rank == 4 && filter.Rank == 4, $"input {input} and filter {filter} must have rank 4");
        c.Require(filter[3] > 0 && input[3] % filter[3] == 0, $"{input[3]} input channels are no multiple of the filter's {filter[3]}");
        c.Require(filter[0] % (input[3] / filter[3]) == 0, $"{filter[0]} output channels do not divide into {input[3] / filter[3]} groups");
        var (height, width) = attributes.Output(c, input, filter[1], filter[2]);
        c.SetOutput(0, input[0], height, width, filter[0]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var filter = c.Shape(1);
        var geometry = attributes.Geometry(c.Shape(0), c.OutputShape(0), filter[1], filter[2], filter[3]);
        bool asymmetric = QuantizesAsymmetrically(c);
        var context = c.Type(1) == DType.Int16 ? c.Reading(1, DType.Int8) : c;
        return MatrixSteps.Prepare(context, geometry, activation, Rounding.FixedPoint, asymmetric, scalesFirst: !asymmetric);
    }

    /// <summary>Dynamic-range activations get a zero point only with weight scales that differ between channels, as in the reference.</summary>
    private static bool QuantizesAsymmetrically(in PrepareContext c) =>
        c.Type(1) is DType.Int8 or DType.Int4 && c.Input(1).Quantization is { IsPerChannel: true } q && q.Scales.Any(s => s != q.Scales[0]);
}
