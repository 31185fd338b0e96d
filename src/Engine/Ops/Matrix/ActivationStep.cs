using Graft.Kernels.Recurrent;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Applies a function to every element of a float tensor in place.</summary>
internal sealed class ActivationStep(Operand values, VectorFunction function) : IStep
{
    public void Run(in RunContext c) => function(c.Write<float>(values));
}
