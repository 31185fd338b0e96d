using System.Numerics;
using Graft.Kernels.Pool;
using Graft.Ops.Matrix;
using Graft.Schema;

namespace Graft.Ops.Pooling;

/// <summary>What the three 2-D poolings have in common: attributes, shapes, and steps.</summary>
internal sealed class Pool2D(ConvAttributes window, int filterHeight, int filterWidth, ActivationFunctionType activation)
{
    public static Pool2D Read(in OperatorDef def)
    {
        var options = def.Options<Pool2DOptionsView>();
        var window = new ConvAttributes(options.Padding == Padding.Same, options.StrideH, options.StrideW, 1, 1);
        window.Check();
        return new(window, options.FilterHeight, options.FilterWidth, FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 4, $"input {input} must have 4 dimensions: batch, height, width, channels");
        var (height, width) = window.Output(c, input, filterHeight, filterWidth);
        c.SetOutput(0, input[0], height, width, input[3]);
    }

    /// <summary>Float pooling: the fast form, or the plain one when reference kernels are asked for.</summary>
    public IStep Float<TFast, TPlain, T>(in PrepareContext c)
        where TFast : IPool<T>
        where TPlain : IPool<T>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var (min, max) = FusedActivation.Range(activation);
        return Choose<TFast, TPlain, T>(c, T.CreateSaturating(min), T.CreateSaturating(max));
    }

    /// <summary>Quantised pooling; input and output are taken to have the same parameters.</summary>
    public IStep Quantized<TFast, TPlain, T>(in PrepareContext c)
        where TFast : IPool<T>
        where TPlain : IPool<T>
        where T : unmanaged, IBinaryInteger<T>
    {
        var (min, max) = FusedActivation.QuantizedRange(activation, c.Output(0).Type, c.Output(0).Quantization);
        return Choose<TFast, TPlain, T>(c, T.CreateSaturating(min), T.CreateSaturating(max));
    }

    private IStep Choose<TFast, TPlain, T>(in PrepareContext c, T min, T max)
        where TFast : IPool<T>
        where TPlain : IPool<T>
        where T : unmanaged
    {
        var geometry = window.Geometry(c.Shape(0), c.OutputShape(0), filterHeight, filterWidth, c.Shape(0)[3]);
        return c.Kernels == KernelSet.Reference
            ? new PoolStep<TPlain, T>(geometry, c.In(0), c.Out(0), min, max)
            : new PoolStep<TFast, T>(geometry, c.In(0), c.Out(0), min, max);
    }
}
