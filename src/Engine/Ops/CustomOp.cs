using Graft.Runtime;

namespace Graft.Ops;

/// <summary>A node whose operator the caller provides.</summary>
internal sealed class CustomOp(CustomOperator implementation, byte[] options) : IOp, IStateful
{
    public static OpEntry Entry(CustomOperator implementation) => new(new OpSignature(implementation.Name, "any?* -> any?*"),
        (in OperatorDef def) => new CustomOp(implementation, def.CustomOptions.ToArray()), typeof(CustomOp));

    public void Infer(in InferContext c) => implementation.Infer(new CustomOperatorShapes(c, options));

    public IStep Prepare(in PrepareContext c)
    {
        var inputs = new Operand[c.InputCount];
        var outputs = new Operand[c.OutputCount];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = c.In(i);
        for (int i = 0; i < outputs.Length; i++) outputs[i] = c.Out(i);
        return new Step(implementation, options, inputs, outputs);
    }

    private sealed class Step(CustomOperator implementation, byte[] options, Operand[] inputs, Operand[] outputs) : IStep
    {
        public void Run(in RunContext c) => implementation.Run(new CustomOperatorRun(c, inputs, outputs, options));
    }
}
