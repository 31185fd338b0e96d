using Graft.Kernels.Conv;
using Graft.Kernels.Pool;
using Graft.Runtime;

namespace Graft.Ops.Pooling;

/// <summary>Puts the values of a max pooling back where they were.</summary>
internal sealed class Unpooling(ConvGeometry geometry, bool inWindow, Operand input, Operand indices, Operand output) : IStep
{
    public static IStep For(in PrepareContext c, PoolStruct options, bool inWindow) => new Unpooling(
        options.Window.Geometry(c.Shape(0), c.OutputShape(0), options.FilterHeight, options.FilterWidth, c.Shape(0)[3]), inWindow, c.In(0), c.In(1), c.Out(0));

    /// <summary>SAME: sizes times strides; VALID: as many as the windows cover.</summary>
    public static void Infer(in InferContext c, PoolStruct options)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 4 && c.Shape(1) == input, $"values {input} and indices {c.Shape(1)} must have the same 4 dimensions");
        long height = Size(options.Window.Same, input[1], options.Window.StrideY, options.FilterHeight);
        long width = Size(options.Window.Same, input[2], options.Window.StrideX, options.FilterWidth);
        c.Require(Math.Max(height, width) <= int.MaxValue, $"an output of {height}x{width} is too large");
        c.SetOutput(0, input[0], (int)height, (int)width, input[3]);
    }

    public void Run(in RunContext c)
    {
        int wrong = ArgmaxPool.Invert(geometry, inWindow, c.Read<float>(input), c.Read<uint>(indices), c.Write<float>(output));
        if (wrong >= 0) StepFault.Raise($"index {wrong} is {c.Read<uint>(indices)[wrong]}, outside the {(inWindow ? "window" : "image")}");
    }

    private static long Size(bool isSame, int input, int stride, int filter) => isSame ? (long)input * stride : Math.Max(input - 1L, 0) * stride + filter;
}
