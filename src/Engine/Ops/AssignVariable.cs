using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ASSIGN_VARIABLE: the variable of handle 0 takes type, shape and values of input 1.</summary>
internal sealed class AssignVariable : IOp<AssignVariable>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.AssignVariable, 1, "resource|i32 any ->");

    public static AssignVariable Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.Require(c.Shape(0).ElementCount == 1, $"the handle has shape {c.Shape(0)}; one element is expected");

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.In(1), c.Type(1), c.Shape(1));

    private sealed class Step(Operand handle, Operand value, DType type, Shape shape) : IStep
    {
        public void Run(in RunContext c) =>
            c.Session.Resources.Get<Variable>(c.Read<int>(handle)[0]).Assign(type, shape, c.Read<byte>(value));
    }
}
