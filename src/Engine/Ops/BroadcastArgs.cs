using System.Numerics;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>BROADCAST_ARGS: the shape to which two shapes broadcast.</summary>
internal sealed class BroadcastArgs : IOp<BroadcastArgs>
{
    public static OpSignature Signature => new(BuiltinOperator.BroadcastArgs, 1, "i32|i64 =0 -> =0");

    public static BroadcastArgs Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 1 && c.Shape(1).Rank == 1,
            $"both shapes must be vectors; they have shapes {c.Shape(0)} and {c.Shape(1)}");
        c.SetOutput(0, Math.Max(c.Shape(0)[0], c.Shape(1)[0]));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { A = c.In(0), B = c.In(1), Output = c.Out(0) };
        return NumberTypes.DispatchIndex<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : IIndexAction<IStep>
    {
        public Operand A;
        public Operand B;
        public Operand Output;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T> => new Step<T>(A, B, Output);
    }

    private sealed class Step<T>(Operand first, Operand second, Operand output) : IStep
        where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(in RunContext c)
        {
            ReadOnlySpan<T> a = c.Read<T>(first), b = c.Read<T>(second);
            var result = c.Write<T>(output);
            for (int i = 1; i <= result.Length; i++)
            {
                T x = i > a.Length ? T.One : a[^i], y = i > b.Length ? T.One : b[^i];
                if (x != y && x != T.One && y != T.One)
                {
                    StepFault.Raise($"shapes [{string.Join(",", a.ToArray())}] and [{string.Join(",", b.ToArray())}] "
                        + "do not broadcast together");
                }
                result[^i] = x == T.One ? y : x;
            }
        }
    }
}
