using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>HASHTABLE_IMPORT: fills the table of handle 0 with keys and values, unless it has been filled before.</summary>
internal sealed class HashtableImport : IOp<HashtableImport>, IStateful
{
    public static OpSignature Signature =>
        new(BuiltinOperator.HashtableImport, 1, $"resource {Hashtable.KeyTypes} {Hashtable.ValueTypes} ->");

    public static HashtableImport Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).ElementCount == 1, $"the handle has shape {c.Shape(0)}; one element is expected");
        c.Require(c.Shape(1) == c.Shape(2), $"the keys have shape {c.Shape(1)}, the values {c.Shape(2)}");
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.In(1), c.Type(1), c.In(2), c.Type(2));

    private sealed class Step(Operand handle, Operand keys, DType keyType, Operand values, DType valueType) : IStep
    {
        public void Run(in RunContext c) => c.Session.Resources.Get<HashTable>(c.Read<int>(handle)[0])
            .Import(keyType, c.Read<byte>(keys), valueType, c.Read<byte>(values));
    }
}
