using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Pool;
using Graft.Runtime;

namespace Graft.Ops.Pooling;

/// <summary>Max pooling with indices: one unit for each row of output.</summary>
internal sealed class ArgmaxPoolStep<TIndex>(ConvGeometry geometry, ArgmaxIndex kind, Operand input, Operand output, Operand indices) : ParallelStep
    where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    public override int Units => geometry.Batch * geometry.OutputHeight;

    public override long UnitCost => (long)geometry.OutputWidth * geometry.OutputChannels * geometry.FilterHeight * geometry.FilterWidth;

    public override void RunRange(in RunContext c, int begin, int end, int worker) =>
        ArgmaxPool.Apply(geometry, kind, c.Read<float>(input), c.Write<float>(output), c.Write<TIndex>(indices), begin, end);
}

/// <summary>The operators of max pooling with indices.</summary>
internal static class ArgmaxPooling
{
    public static void Infer(in InferContext c, PoolStruct options)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 4, $"input {input} must have 4 dimensions: batch, height, width, channels");
        var (height, width) = options.Window.Output(c, input, options.FilterHeight, options.FilterWidth);
        c.SetOutput(0, input[0], height, width, input[3]);
        c.SetOutput(1, input[0], height, width, input[3]);
    }

    public static IStep Step(in PrepareContext c, PoolStruct options, ArgmaxIndex kind)
    {
        var geometry = options.Window.Geometry(c.Shape(0), c.OutputShape(0), options.FilterHeight, options.FilterWidth, c.Shape(0)[3]);
        return c.Output(1).Type == DType.Int64
            ? new ArgmaxPoolStep<long>(geometry, kind, c.In(0), c.Out(0), c.Out(1))
            : new ArgmaxPoolStep<int>(geometry, kind, c.In(0), c.Out(0), c.Out(1));
    }
}
