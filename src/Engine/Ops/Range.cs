using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Move;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// RANGE: from start (input 0) in steps of delta (input 2) while before limit (input 1), by repeated addition.
/// </summary>
internal sealed class Range : IOp<Range>
{
    public static OpSignature Signature => new(BuiltinOperator.Range, 2, $"{NumberTypes.All} =0 =0 -> =0");

    public static Range Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var values = new byte[3][];
        for (int i = 0; i < values.Length; i++)
        {
            c.Require(c.Shape(i).ElementCount == 1, $"input {i} must be a scalar; it has shape {c.Shape(i)}");
            if (!c.TryBytes(i, out var bytes)) return;
            values[i] = bytes.ToArray();
        }
        var count = new Count { Values = values };
        long length = NumberTypes.Dispatch<Count, long>(c.Type(0), ref count);
        c.Require(length >= 0, "delta must not be 0 and must lead from start to limit");
        c.Require(length <= int.MaxValue, $"{length:N0} elements exceed the limit of {int.MaxValue:N0}");
        c.SetOutput(0, (int)length);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Start = c.In(0), Delta = c.In(2), Output = c.Out(0) };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private struct Count : INumberAction<long>
    {
        public byte[][] Values;

        /// <summary>
        /// The number of elements; -1 when there is no such range, long.MaxValue when there are too many.
        /// </summary>
        public readonly long Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            T start = Read<T>(0), limit = Read<T>(1), delta = Read<T>(2);
            if (!((start >= limit && delta < T.Zero) || (start <= limit && delta > T.Zero))) return -1;
            if (T.IsInteger(T.One / (T.One + T.One)))
            {
                Int128 span = Int128.Abs(Int128.CreateChecked(limit) - Int128.CreateChecked(start)),
                    step = Int128.Abs(Int128.CreateChecked(delta));
                return long.CreateSaturating((span + step - 1) / step);
            }
            return long.CreateSaturating(Math.Ceiling(double.CreateChecked(T.Abs((limit - start) / delta))));
        }

        private readonly T Read<T>(int i) where T : unmanaged => MemoryMarshal.Read<T>(Values[i]);
    }

    private struct Make : INumberAction<IStep>
    {
        public Operand Start;
        public Operand Delta;
        public Operand Output;

        public readonly IStep Invoke<T>()
            where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => new Step<T>(Start, Delta, Output);
    }

    private sealed class Step<T>(Operand start, Operand delta, Operand output) : IStep where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(in RunContext c) => Ramp.Fill(c.Read<T>(start)[0], c.Read<T>(delta)[0], c.Write<T>(output));
    }
}
