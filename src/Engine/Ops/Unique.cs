using System.Numerics;
using Graft.Kernels.Sort;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// UNIQUE: the distinct values of a vector in the order in which they appear first, and for each element the index of
/// its value.
/// </summary>
internal sealed class Unique : IOp<Unique>
{
    public static OpSignature Signature => new(BuiltinOperator.Unique, 1, $"{NumberTypes.All} -> =0 i32|i64");

    public static Unique Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 1, $"the input must be a vector; it has shape {c.Shape(0)}");
        c.SetOutput(1, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        long count = c.Shape(0).ElementCount;
        var make = new Make
        {
            Input = c.In(0),
            Values = c.Out(0),
            Indices = c.Out(1),
            IsWide = c.Output(1).Type == DType.Int64,
            Sorted = c.ScratchShared(count * (c.Type(0).Bits() / 8)),
            Positions = c.ScratchShared(count * sizeof(int)),
            Numbers = c.ScratchShared(count * sizeof(int)),
        };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : INumberAction<IStep>
    {
        public Operand Input;
        public Operand Values;
        public Operand Indices;
        public bool IsWide;
        public Scratch Sorted;
        public Scratch Positions;
        public Scratch Numbers;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            IsWide ? new Step<T, long>(this) : new Step<T, int>(this);
    }

    private sealed class Step<T, TIndex>(Make made) : IStep where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public void Run(in RunContext c)
        {
            var values = c.Read<T>(made.Input);
            var numbers = c.Scratch<int>(made.Numbers)[..values.Length];
            int count = Distinct.Number(values, c.Scratch<T>(made.Sorted)[..values.Length],
                c.Scratch<int>(made.Positions)[..values.Length], numbers);
            c.Resize(made.Values, new Shape(count));
            var distinct = c.Write<T>(made.Values);
            var indices = c.Write<TIndex>(made.Indices);
            // A value that comes again is written again, over itself.
            for (int i = values.Length - 1; i >= 0; i--)
            {
                distinct[numbers[i]] = values[i];
                indices[i] = TIndex.CreateTruncating(numbers[i]);
            }
        }
    }
}
