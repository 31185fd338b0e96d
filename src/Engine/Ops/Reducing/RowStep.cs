using Graft.Ops.Pointwise;
using Graft.Runtime;

namespace Graft.Ops.Reducing;

/// <summary>What is done to rows of equal length; scratch holds as many floats as a row when the kernel asks for it.</summary>
internal interface IRowKernel<TIn, TOut>
{
    static abstract bool NeedsScratch { get; }

    void Run(ReadOnlySpan<TIn> input, int length, Span<float> scratch, Span<TOut> output);
}

/// <summary>Runs a kernel over the rows along a tensor's last axis.</summary>
internal sealed class RowStep<TKernel, TIn, TOut> : ParallelStep
    where TKernel : struct, IRowKernel<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    private readonly TKernel _kernel;
    private readonly Operand _input;
    private readonly Operand _output;
    private readonly Scratch _scratch;
    private readonly int _length;
    private readonly int _cost;

    public RowStep(in PrepareContext c, TKernel kernel, int cost)
    {
        (_kernel, _cost) = (kernel, cost);
        (_input, _output) = (c.In(0), c.Out(0));
        var shape = c.Shape(0);
        c.Require(shape.Rank >= 1, "a scalar has no rows; rank 1 or more is expected");
        _length = shape[^1];
        Units = shape.ElementCount == 0 ? 0 : (int)(shape.ElementCount / _length);
        if (TKernel.NeedsScratch) _scratch = c.ScratchPerWorker((long)_length * sizeof(float));
    }

    public override int Units { get; }

    public override long UnitCost => (long)_length * _cost / Cost.Unit;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        if (begin == end) return;
        var input = c.Read<TIn>(_input).Slice(begin * _length, (end - begin) * _length);
        var output = c.Write<TOut>(_output).Slice(begin * _length, (end - begin) * _length);
        _kernel.Run(input, _length, TKernel.NeedsScratch ? c.Scratch<float>(_scratch, worker) : default, output);
    }
}
