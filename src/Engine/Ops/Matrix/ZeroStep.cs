using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Clears a tensor's bytes.</summary>
internal sealed class ZeroStep(Operand output) : IStep
{
    public void Run(in RunContext c) => c.Write<byte>(output).Clear();
}
