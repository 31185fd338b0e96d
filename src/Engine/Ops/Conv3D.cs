using Graft.Graphs;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Matrix;
using Graft.Ops.Volumes;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>CONV_3D: input (batch, depth, height, width, inC), weights (kD, kH, kW, inC, outC), bias (outC).</summary>
internal sealed class Conv3D(Conv3D.Window depth, Conv3D.Window height, Conv3D.Window width, ActivationFunctionType activation) : IOp<Conv3D>
{
    private const int Weights = 1, Bias = 2;

    public static OpSignature Signature => new(BuiltinOperator.Conv3D, 1, "f32 f32 f32? -> f32");

    public static Conv3D Read(in OperatorDef def)
    {
        var options = def.Options<Conv3DOptionsView>();
        bool same = options.Padding == Padding.Same;
        return new(new(same, options.StrideD, options.DilationDFactor), new(same, options.StrideH, options.DilationHFactor),
            new(same, options.StrideW, options.DilationWFactor), FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), weights = c.Shape(Weights);
        c.Require(input.Rank == 5 && weights.Rank == 5, $"input {input} and weights {weights} must have 5 dimensions");
        c.Require(input[4] == weights[3], $"input {input} does not fit weights {weights} in channels");
        c.Require(weights.ElementCount > 0, $"weights {weights} are empty");
        if (c.HasInput(Bias)) c.Require(c.Shape(Bias).ElementCount == weights[4], $"a bias of shape {c.Shape(Bias)} does not fit {weights[4]} output channels");
        c.SetOutput(0, input[0], depth.Output(c, input[1], weights[0]), height.Output(c, input[2], weights[1]), width.Output(c, input[3], weights[2]), weights[4]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        Shape input = c.Shape(0), weights = c.Shape(Weights), output = c.OutputShape(0);
        var geometry = new VolumeGeometry
        {
            Batch = input[0],
            InputChannels = input[4],
            OutputChannels = weights[4],
            Depth = depth.Axis(input[1], output[1], weights[0]),
            Height = height.Axis(input[2], output[2], weights[1]),
            Width = width.Axis(input[3], output[3], weights[2]),
        };
        var range = FusedActivation.Range(activation);
        if (c.Kernels == KernelSet.Reference || !geometry.Padded.IsReasonable) return new VolumeConvReference(c, geometry, c.In(Weights), c.In(Bias), range);
        int k = geometry.K, columns = geometry.OutputChannels;
        long length = FloatPanels.Length(k, columns);
        c.Require(length <= int.MaxValue / sizeof(float), "the weights exceed 2 GB when packed");
        var padded = new PaddedInput(c, geometry.Padded, 0);
        if (c.TryConstant(Weights, out _))
        {
            var packed = c.Packed(Weights, $"f32 {k}x{columns} columns", data => Packed(data, k, columns));
            return padded.Before(new VolumeConvStep(c, geometry, padded, new(packed), c.In(Bias), range));
        }
        var matrix = new RightMatrix<float>(c.ScratchShared(length * sizeof(float)), (int)length);
        return new Sequence(new PackStep(c.In(Weights), matrix, k, columns), padded.Before(new VolumeConvStep(c, geometry, padded, matrix, c.In(Bias), range)));
    }

    private static PackedMatrix<float> Packed(ConstantData data, int k, int columns)
    {
        var packed = new PackedMatrix<float>(1, FloatPanels.Length(k, columns));
        FloatPanels.Pack(data.As<float>(), columns, 1, k, columns, packed[0]);
        return packed;
    }

    /// <summary>Attributes along one axis.</summary>
    internal readonly record struct Window(bool Same, int Stride, int Dilation)
    {
        public int Output(in InferContext c, int input, int filter)
        {
            c.Require(Stride > 0 && Dilation > 0, $"stride {Stride} and dilation {Dilation} must be positive");
            c.Require(filter > 0 && (filter - 1L) * Dilation < 1 << 30 && Stride < 1 << 30 && input < 1 << 30, $"a filter of {filter} is too large with stride {Stride} and dilation {Dilation}");
            int output = Kernels.Conv.Window.Output(Same, input, filter, Stride, Dilation);
            c.Require(output > 0, $"a filter of {filter} does not fit {input} inputs");
            return output;
        }

        public VolumeAxis Axis(int input, int output, int filter) =>
            new(input, output, filter, Stride, Dilation, Same ? Kernels.Conv.Window.PadBefore(input, output, filter, Stride, Dilation) : 0);
    }

    private sealed class PackStep(Operand weights, RightMatrix<float> packed, int k, int columns) : IStep
    {
        public void Run(in RunContext c) => FloatPanels.Pack(c.Read<float>(weights), columns, 1, k, columns, packed.Get(c, 0));
    }
}
