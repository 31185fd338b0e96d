using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Writes values that were known when the step was made.</summary>
internal sealed class ConstantStep<T>(Operand output, T[] values) : IStep where T : unmanaged
{
    public void Run(in RunContext c) => values.CopyTo(c.Write<T>(output));
}
