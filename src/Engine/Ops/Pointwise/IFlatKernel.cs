namespace Graft.Ops.Pointwise;

/// <summary>What an elementwise operator does to a run of elements: output[i] is made from input[i].</summary>
internal interface IFlatKernel<TIn, TOut>
{
    void Run(ReadOnlySpan<TIn> input, Span<TOut> output);
}
