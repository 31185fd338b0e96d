using System.Numerics;
using Graft.Kernels.Move;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>WHERE: the coordinates of the elements that are not zero, one row each, in order.</summary>
internal sealed class Where : IOp<Where>
{
    public static OpSignature Signature => new(BuiltinOperator.Where, 2, $"{NumberTypes.All}|bool -> i64");

    public static Where Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank > 0, "a scalar has no coordinates");
        var condition = c.Input(0);
        if (!condition.Constant.IsPresent) return;
        var count = new Count { Bytes = condition.Constant.Bytes.ToArray() };
        c.SetOutput(0, NumberTypes.Dispatch<Count, int>(Stored(condition.Type), ref count), c.Shape(0).Rank);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Input = c.In(0), Output = c.Out(0), Shape = c.Shape(0) };
        return NumberTypes.Dispatch<Make, IStep>(Stored(c.Type(0)), ref make);
    }

    /// <summary>Booleans are bytes that are 0 or not.</summary>
    private static DType Stored(DType type) => type == DType.Bool ? DType.UInt8 : type;

    private struct Count : INumberAction<int>
    {
        public byte[] Bytes;

        public readonly int Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            NonZero.Count(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(Bytes));
    }

    private struct Make : INumberAction<IStep>
    {
        public Operand Input;
        public Operand Output;
        public Shape Shape;

        public readonly IStep Invoke<T>()
            where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => new Step<T>(Input, Output, Shape);
    }

    private sealed class Step<T>(Operand input, Operand output, Shape shape) : IStep where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(in RunContext c)
        {
            var values = c.Read<T>(input);
            c.Resize(output, new Shape(NonZero.Count(values), shape.Rank));
            NonZero.Coordinates(values, shape.Dimensions, c.Write<long>(output));
        }
    }
}
