using Graft.Kernels.RandomNumbers;
using Graft.Runtime;

namespace Graft.Ops.RandomNumbers;

/// <summary>Fills the output with the next numbers of a node's stream.</summary>
internal sealed class RandomStep(RandomSeeds.Stream stream, RandomStep.Filler fill, Operand output) : IStep
{
    internal delegate void Filler(PhiloxStream stream, Span<float> output);

    public static void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 1, $"the shape has shape {c.Shape(0)}; one dimension is expected");
        if (c.TryIntegers(0, out var shape)) c.SetOutput(0, shape);
    }

    public void Run(in RunContext c) => fill(stream.Get(c), c.Write<float>(output));
}
