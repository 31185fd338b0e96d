using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ADD_N: the sum of all inputs, which have one shape, in order. Integers wrap.</summary>
internal sealed class AddN : IOp<AddN>
{
    public static OpSignature Signature => new(BuiltinOperator.AddN, 1, "f32|f64|i32|u32|i64|u64 =0 =0* -> =0");

    public static AddN Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        for (int i = 1; i < c.InputCount; i++) c.Require(c.Shape(i) == c.Shape(0), $"input {i} has shape {c.Shape(i)}, input 0 {c.Shape(0)}");
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var inputs = new Operand[c.InputCount];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = c.In(i);
        var action = new Choice(inputs, c.Out(0), c.Shape(0));
        return NumberTypes.Dispatch<Choice, IStep>(c.Type(0), ref action);
    }

    private readonly struct Choice(Operand[] inputs, Operand output, Shape shape) : INumberAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => new Step<T>(inputs, output, shape);
    }

    private sealed class Step<T>(Operand[] inputs, Operand output, Shape shape) : IStep where T : unmanaged, IBinaryNumber<T>
    {
        private readonly BroadcastShape _shape = new([(int)shape.ElementCount], [(int)shape.ElementCount]);

        public void Run(in RunContext c)
        {
            var sum = c.Write<T>(output);
            Zip.Apply<AddFn<T>, T>(_shape, c.Read<T>(inputs[0]), c.Read<T>(inputs[1]), sum);
            for (int i = 2; i < inputs.Length; i++) Zip.Apply<AddFn<T>, T>(_shape, sum, c.Read<T>(inputs[i]), sum);
        }
    }
}
