using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// READ_VARIABLE: what was assigned to the variable of handle 0. An output with declared dimensions keeps them and takes the variable's
/// first elements, as in the reference; only one without dimensions takes the variable's shape.
/// </summary>
internal sealed class ReadVariable : IOp<ReadVariable>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.ReadVariable, 1, "resource|i32 -> any");

    public static ReadVariable Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).ElementCount == 1, $"the handle has shape {c.Shape(0)}; one element is expected");
        if (c.Output(0).HasRank && c.Output(0).Type != DType.String) c.SetOutput(0, c.Output(0).Shape);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0), c.Output(0).Type, c.IsOutputShapeKnown(0));

    private sealed class Step(Operand handle, Operand output, DType type, bool isShapeKnown) : IStep
    {
        public void Run(in RunContext c)
        {
            var variable = c.Session.Resources.Get<Variable>(c.Read<int>(handle)[0]);
            if (!variable.IsAssigned) StepFault.Raise("the variable is read before anything is assigned to it");
            if (variable.Type != type) StepFault.Raise($"the variable holds {variable.Type.Name()}; the output is {type.Name()}");
            var bytes = variable.Bytes;
            if (!isShapeKnown) c.Resize(output, variable.Shape, bytes.Length);
            var target = c.Write<byte>(output);
            bool fits = bytes.Length == target.Length || bytes.Length > target.Length && c.Shape(output).Rank > 0;
            if (!fits) StepFault.Raise($"the variable has shape {variable.Shape}; the output is declared as {c.Shape(output)}");
            bytes[..target.Length].CopyTo(target);
        }
    }
}
