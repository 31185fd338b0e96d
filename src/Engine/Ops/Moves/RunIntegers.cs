using System.Numerics;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Reads single values of an index operand while a step runs, whatever integer type it has.</summary>
internal abstract class RunIntegers(Operand operand)
{
    protected Operand Operand { get; } = operand;

    public static RunIntegers Of(in PrepareContext c, int input)
    {
        var make = new Make { Operand = c.In(input) };
        return NumberTypes.DispatchIndex<Make, RunIntegers>(c.Type(input), ref make);
    }

    public abstract long Read(in RunContext c, int i);

    private struct Make : IIndexAction<RunIntegers>
    {
        public Operand Operand;

        public readonly RunIntegers Invoke<T>() where T : unmanaged, IBinaryInteger<T> => new Reader<T>(Operand);
    }

    private sealed class Reader<T>(Operand operand) : RunIntegers(operand) where T : unmanaged, IBinaryInteger<T>
    {
        public override long Read(in RunContext c, int i) => long.CreateChecked(c.Read<T>(Operand)[i]);
    }
}
