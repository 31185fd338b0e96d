using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>VAR_HANDLE: the handle of the variable with this container and name, one for all subgraphs of an interpreter.</summary>
internal sealed class VarHandle(string container, string name) : IOp<VarHandle>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.VarHandle, 1, "-> resource|i32");

    public static VarHandle Read(in OperatorDef def)
    {
        var options = def.Options<VarHandleOptionsView>();
        return new(options.Container, options.SharedName);
    }

    public void Infer(in InferContext c) => c.SetOutput(0, c.Output(0).Shape.ElementCount == 1 ? c.Output(0).Shape : Shape.Scalar);

    public IStep Prepare(in PrepareContext c) => new Step(container, name, c.Out(0));

    private sealed class Step(string container, string name, Operand handle) : IStep
    {
        public void Run(in RunContext c) => c.Write<int>(handle)[0] = c.Session.Resources.Handle(container, name, static () => new Variable());
    }
}
