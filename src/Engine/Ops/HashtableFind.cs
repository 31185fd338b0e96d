using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>HASHTABLE_FIND: the values of the keys in the table of handle 0; the first element of input 2 for keys that it lacks.</summary>
internal sealed class HashtableFind : IOp<HashtableFind>, IStateful
{
    public static OpSignature Signature =>
        new(BuiltinOperator.HashtableFind, 1, $"resource {Hashtable.KeyTypes} {Hashtable.ValueTypes} -> =2");

    public static HashtableFind Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).ElementCount == 1, $"the handle has shape {c.Shape(0)}; one element is expected");
        c.Require(c.Shape(2).ElementCount > 0, "the default value is empty");
        c.SetOutput(0, c.Shape(1));
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.In(1), c.Type(1), c.Shape(1), c.In(2), c.Type(2), c.Out(0));

    private sealed class Step(Operand handle, Operand keys, DType keyType, Shape shape, Operand otherwise, DType type, Operand output) : IStep
    {
        public void Run(in RunContext c)
        {
            var table = c.Session.Resources.Get<HashTable>(c.Read<int>(handle)[0]);
            table.CheckReady(keyType, type);
            var from = new Elements(keyType, c.Read<byte>(keys));
            var missing = new Elements(type, c.Read<byte>(otherwise));
            if (from.Count != shape.ElementCount) StepFault.Raise($"there are {from.Count} keys in a tensor of shape {shape}");
            if (missing.Count == 0) StepFault.Raise("the default value is empty");
            if (type == DType.String) FindStrings(c, table, from, missing[0]);
            else FindValues(c.Write<byte>(output), table, from, missing[0]);
        }

        private static void FindValues(Span<byte> target, HashTable table, Elements from, ReadOnlySpan<byte> missing)
        {
            for (int i = 0; i < from.Count; i++) table.Find(from[i], missing).CopyTo(target[(i * missing.Length)..]);
        }

        private void FindStrings(in RunContext c, HashTable table, Elements from, ReadOnlySpan<byte> missing)
        {
            long characters = 0;
            for (int i = 0; i < from.Count; i++) characters += table.Find(from[i], missing).Length;
            c.Resize(output, shape, StringBuffer.ByteCount(from.Count, characters));
            var writer = new StringBufferWriter(c.Write<byte>(output), from.Count);
            for (int i = 0; i < from.Count; i++) writer.Add(table.Find(from[i], missing));
        }
    }
}
