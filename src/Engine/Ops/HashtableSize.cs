using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>HASHTABLE_SIZE: the number of keys in the table of handle 0.</summary>
internal sealed class HashtableSize : IOp<HashtableSize>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.HashtableSize, 1, "resource -> i64");

    public static HashtableSize Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).ElementCount == 1, $"the handle has shape {c.Shape(0)}; one element is expected");
        c.SetOutput(0, 1);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0));

    private sealed class Step(Operand handle, Operand output) : IStep
    {
        public void Run(in RunContext c) =>
            c.Write<long>(output)[0] = c.Session.Resources.Get<HashTable>(c.Read<int>(handle)[0]).Count;
    }
}
