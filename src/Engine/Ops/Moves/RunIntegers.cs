using System.Numerics;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Reads single values of an index operand while a step runs, whatever integer type it has.</summary>
internal abstract class RunIntegers
{
    public static RunIntegers Of(in PrepareContext c, int input)
    {
        var make = new Make { Operand = c.In(input) };
        return NumberTypes.DispatchIndex<Make, RunIntegers>(c.Type(input), ref make);
    }

    /// <summary>A vector of <paramref name="count"/> indices, or as many scalars from an input on.</summary>
    public static RunIntegers Of(in PrepareContext c, int input, int count, bool scalars)
    {
        if (!scalars) return Of(c, input);
        var readers = new RunIntegers[count];
        for (int i = 0; i < count; i++) readers[i] = Of(c, input + i);
        return new Scalars(readers);
    }

    /// <summary>Refuses other than <paramref name="count"/> indices.</summary>
    public static void Require(in InferContext c, int input, int count, bool scalars)
    {
        if (!scalars)
        {
            c.Require(c.Shape(input).Rank == 1 && c.Shape(input)[0] == count, $"start indices must have shape [{count}]; they have {c.Shape(input)}");
            return;
        }
        c.Require(c.InputCount == input + count, $"there are {c.InputCount - input} start indices; {count} are expected");
        for (int i = input; i < c.InputCount; i++) c.Require(c.Shape(i).ElementCount == 1, $"start index {i - input} must be one element; it has shape {c.Shape(i)}");
    }

    public abstract long Read(in RunContext c, int i);

    /// <summary>As many values as the span has, from one on.</summary>
    public virtual void Read(in RunContext c, int begin, Span<long> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = Read(c, begin + i);
    }

    private struct Make : IIndexAction<RunIntegers>
    {
        public Operand Operand;

        public readonly RunIntegers Invoke<T>() where T : unmanaged, IBinaryInteger<T> => new Reader<T>(Operand);
    }

    private sealed class Reader<T>(Operand operand) : RunIntegers where T : unmanaged, IBinaryInteger<T>
    {
        public override long Read(in RunContext c, int i) => long.CreateChecked(c.Read<T>(operand)[i]);

        public override void Read(in RunContext c, int begin, Span<long> values)
        {
            var from = c.Read<T>(operand).Slice(begin, values.Length);
            for (int i = 0; i < from.Length; i++) values[i] = long.CreateChecked(from[i]);
        }
    }

    private sealed class Scalars(RunIntegers[] readers) : RunIntegers
    {
        public override long Read(in RunContext c, int i) => readers[i].Read(c, 0);
    }
}
