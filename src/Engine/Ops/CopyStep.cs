using Graft.Runtime;

namespace Graft.Ops;

/// <summary>Copies the bytes of input 0 to output 0: what a view does when memory cannot be shared.</summary>
internal sealed class CopyStep(Operand input, Operand output, Shape shape, bool isString) : IStep
{
    public static CopyStep For(in PrepareContext c) => new(c.In(0), c.Out(0), c.OutputShape(0), c.Type(0) == DType.String);

    public void Run(in RunContext c)
    {
        var source = c.Read<byte>(input);
        if (isString) c.Resize(output, shape, source.Length);
        source.CopyTo(c.Write<byte>(output));
    }
}
