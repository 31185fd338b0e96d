using Graft.Runtime;

namespace Graft.Ops.Pointwise;

/// <summary>What is done to a run of elements of one scale, or to a run with a scale for each element.</summary>
internal interface IChannelKernel<TIn, TOut>
{
    static abstract void Run(ReadOnlySpan<TIn> input, float scale, int zeroPoint, Span<TOut> output);

    static abstract void Run(ReadOnlySpan<TIn> input, ReadOnlySpan<float> scales, ReadOnlySpan<int> zeroPoints, Span<TOut> output);
}

/// <summary>Runs a kernel over a tensor whose scales lie along an axis.</summary>
internal sealed class ChannelStep<TKernel, TIn, TOut>(
    Operand input, Operand output, ChannelRuns runs, float[] scales, int[] zeroPoints) : ParallelStep
    where TKernel : struct, IChannelKernel<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    /// <summary>With the channels last, one run is all of them.</summary>
    private readonly bool _isLast = runs.Inner == 1;

    public override int Units => _isLast ? runs.Outer : runs.Outer * runs.Channels;

    public override long UnitCost => (long)(_isLast ? runs.Channels : runs.Inner) * Cost.VectorMath / Cost.Unit;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var from = c.Read<TIn>(input);
        var to = c.Write<TOut>(output);
        int length = _isLast ? runs.Channels : runs.Inner;
        for (int unit = begin; unit < end; unit++)
        {
            var source = from.Slice(unit * length, length);
            var target = to.Slice(unit * length, length);
            int channel = unit % runs.Channels;
            if (_isLast) TKernel.Run(source, scales, zeroPoints, target);
            else TKernel.Run(source, scales[channel], zeroPoints[channel], target);
        }
    }
}
