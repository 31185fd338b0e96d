using Graft.Kernels.Elementwise;
using Graft.Kernels.Reduce;
using Graft.Runtime;

namespace Graft.Ops.Reducing;

/// <summary>Reduces float16 through float32 copies of the input and the output, rounded once at the end.</summary>
internal sealed class HalfReduceStep<TKernel> : IStep where TKernel : struct, IReduceKernel<float, byte>
{
    private readonly TKernel _kernel;
    private readonly Operand _input;
    private readonly Operand _output;
    private readonly Scratch _wideInput;
    private readonly Scratch _wideOutput;
    private readonly ReduceShape _shape;

    public HalfReduceStep(in PrepareContext c, TKernel kernel)
    {
        _kernel = kernel;
        (_input, _output) = (c.In(0), c.Out(0));
        _shape = Reduction.ShapeOf(c);
        _wideInput = c.ScratchShared(_shape.InputCount * sizeof(float));
        _wideOutput = c.ScratchShared(_shape.OutputCount * sizeof(float));
    }

    public void Run(in RunContext c)
    {
        var input = c.Read<Half>(_input);
        var output = c.Write<Half>(_output);
        var wideInput = c.Scratch<float>(_wideInput)[..input.Length];
        var wideOutput = c.Scratch<float>(_wideOutput)[..output.Length];
        HalfConvert.ToFloat(input, wideInput);
        _kernel.Run(_shape, wideInput, default, wideOutput);
        HalfConvert.ToHalf(wideOutput, output);
    }
}
