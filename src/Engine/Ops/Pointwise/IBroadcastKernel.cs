using Graft.Kernels.Elementwise;

namespace Graft.Ops.Pointwise;

/// <summary>What an elementwise operator does to two blocks that broadcast together; the output is dense.</summary>
internal interface IBroadcastKernel<TA, TB, TOut>
{
    void Run(in BroadcastShape shape, ReadOnlySpan<TA> a, ReadOnlySpan<TB> b, Span<TOut> output);
}
