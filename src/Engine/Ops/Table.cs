using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Runtime;

namespace Graft.Ops;

/// <summary>
/// The custom operator Table: each element of input 0 replaced by what input 1 holds for it. int8 selects one of 256 values; int16 selects
/// with its upper 9 bits one of 513, and its lower 7 lie between that and the next.
/// </summary>
internal sealed class Table : IOp<Table>
{
    public static OpSignature Signature => new("Table", "i8|i16 i8|i16 -> =1");

    public static Table Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        int count = c.Type(0) == DType.Int8 ? Lookup.Count : Lookup16.Count;
        c.Require(c.Shape(1).Rank == 1 && c.Shape(1)[0] == count, $"a table of shape {c.Shape(1)} does not fit {c.Type(0).Name()}; [{count}] is expected");
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Context = c };
        return NumberTypes.DispatchNarrow<Make, IStep>(c.Output(0).Type, ref make);
    }

    private struct Make : IIntegerAction<IStep>
    {
        public PrepareContext Context;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Context.Type(0) == DType.Int8 ? new ByteStep<T>(Context) : new ShortStep<T>(Context);
    }

    private sealed class ByteStep<T>(in PrepareContext c) : IStep where T : unmanaged, IBinaryInteger<T>
    {
        private readonly Operand _input = c.In(0), _table = c.In(1), _output = c.Out(0);

        public void Run(in RunContext c)
        {
            var input = c.Read<sbyte>(_input);
            var table = c.Read<T>(_table);
            var output = c.Write<T>(_output);
            for (int i = 0; i < input.Length; i++) output[i] = table[input[i] - sbyte.MinValue];
        }
    }

    private sealed class ShortStep<T>(in PrepareContext c) : IStep where T : unmanaged, IBinaryInteger<T>
    {
        private readonly Operand _input = c.In(0), _table = c.In(1), _output = c.Out(0);

        public void Run(in RunContext c) => Lookup16.Apply(c.Read<short>(_input), c.Read<T>(_table), c.Write<T>(_output));
    }
}
