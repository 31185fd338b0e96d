using System.Numerics;
using Graft.Kernels.Scan;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>CUMSUM: running sums along the axis in input 1; without the element itself when exclusive, from the end when reverse.</summary>
internal sealed class Cumsum(bool isExclusive, bool isReverse) : IOp<Cumsum>
{
    public static OpSignature Signature => new(BuiltinOperator.Cumsum, 1, "f32|f64|u16|i32|u32|i64|u64 i32 -> =0");

    public static Cumsum Read(in OperatorDef def)
    {
        var options = def.Options<CumsumOptionsView>();
        return new(options.Exclusive, options.Reverse);
    }

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank >= 1, "a scalar has no axis to sum along");
        c.Require(c.Shape(1).ElementCount == 1, $"the axis has shape {c.Shape(1)}; one element is expected");
        if (c.TryIntegers(1, out var axis)) c.Axis(axis[0], c.Shape(0).Rank);
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var action = new Choice(c, isExclusive, isReverse);
        return NumberTypes.Dispatch<Choice, IStep>(c.Type(0), ref action);
    }

    private readonly struct Choice(PrepareContext c, bool isExclusive, bool isReverse) : INumberAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            new Step<T>(c.In(0), c.In(1), c.Out(0), c.Shape(0), isExclusive, isReverse);
    }

    private sealed class Step<T>(Operand input, Operand axis, Operand output, Shape shape, bool isExclusive, bool isReverse) : IStep
        where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(in RunContext c)
        {
            int along = c.Read<int>(axis)[0], rank = shape.Rank;
            if (along < -rank || along >= rank) StepFault.Raise($"axis {along} is outside [{-rank}, {rank - 1}]");
            if (along < 0) along += rank;
            CumulativeSum.Apply(c.Read<T>(input), shape[along], (int)shape.Product(along + 1, rank), isExclusive, isReverse, c.Write<T>(output));
        }
    }
}
