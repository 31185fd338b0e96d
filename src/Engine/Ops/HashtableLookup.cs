using Graft.Kernels.Segments;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// HASHTABLE_LOOKUP: for each lookup value the row of input 2 whose key, in ascending order in input 1, equals it, and a hit of 1; else
/// zeros, or an empty string, and 0.
/// </summary>
internal sealed class HashtableLookup : IOp<HashtableLookup>
{
    public static OpSignature Signature => new(BuiltinOperator.HashtableLookup, 1, "i32 i32 any -> =2 u8");

    public static HashtableLookup Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var (lookup, keys, values) = (c.Shape(0), c.Shape(1), c.Shape(2));
        c.Require(lookup.Rank == 1 && keys.Rank == 1, $"lookup {lookup} and keys {keys} must have one dimension");
        c.Require(values.Rank >= 1 && values[0] == keys[0], $"there are {keys[0]} keys and values of shape {values}");
        c.Require(c.Type(2) != DType.String || values.Rank == 1, $"strings must have one dimension, not {values}");
        c.Require(!c.Type(2).IsPacked() || values.Product(1, values.Rank) * c.Type(2).Bits() % 8 == 0, $"rows of {values} {c.Type(2).Name()} are not whole bytes");
        int[] shape = values.Dimensions.ToArray();
        shape[0] = lookup[0];
        c.SetOutput(0, new Shape(shape));
        c.SetOutput(1, lookup[0]);
    }

    public IStep Prepare(in PrepareContext c) => c.Type(2) == DType.String
        ? new StringStep(c.In(0), c.In(1), c.In(2), c.Out(0), c.Out(1), c.Shape(0))
        : new Step(c.In(0), c.In(1), c.In(2), c.Out(0), c.Out(1), c.Shape(1)[0]);

    private sealed class Step(Operand lookup, Operand keys, Operand values, Operand output, Operand hits, int rows) : IStep
    {
        public void Run(in RunContext c)
        {
            if (rows == 0) StepFault.Raise("there are no keys");
            RowLookup.Copy(c.Read<int>(lookup), c.Read<int>(keys), c.Read<byte>(values), c.Write<byte>(output), c.Write<byte>(hits));
        }
    }

    private sealed class StringStep(Operand lookup, Operand keys, Operand values, Operand output, Operand hits, Shape shape) : IStep
    {
        public void Run(in RunContext c)
        {
            var wanted = c.Read<int>(lookup);
            var known = c.Read<int>(keys);
            var hit = c.Write<byte>(hits);
            var strings = new StringBuffer(c.Read<byte>(values));
            if (strings.Count != known.Length) StepFault.Raise($"there are {known.Length} keys and {strings.Count} strings");
            long characters = 0;
            foreach (int key in wanted) characters += Row(strings, known, key).Length;
            c.Resize(output, shape, StringBuffer.ByteCount(wanted.Length, characters));
            var writer = new StringBufferWriter(c.Write<byte>(output), wanted.Length);
            for (int i = 0; i < wanted.Length; i++)
            {
                hit[i] = known.BinarySearch(wanted[i]) >= 0 ? (byte)1 : (byte)0;
                writer.Add(Row(strings, known, wanted[i]));
            }
        }

        private static ReadOnlySpan<byte> Row(StringBuffer strings, ReadOnlySpan<int> keys, int key) =>
            keys.BinarySearch(key) is var row && row >= 0 ? strings[row] : default;
    }
}
