using Graft.Errors;
using Graft.Kernels.Hashing;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// LSH_PROJECTION: for each hash function, a row of seeds in input 0, the bits that the items of input 1, weighted by input 2, give:
/// one number a function, offset by the function's index times 2^bits (sparse), or one element a bit (dense).
/// </summary>
internal sealed class LshProjection(bool isSparse) : IOp<LshProjection>
{
    private const int BitsMax = 32;

    public static OpSignature Signature => new(BuiltinOperator.LshProjection, 1, "f32 f32|f64|i8|u8|i16|u16|i32|u32|i64|u64|bool|f16|bf16 f32? -> i32");

    public static LshProjection Read(in OperatorDef def) => def.Options<LSHProjectionOptionsView>().Type switch
    {
        LSHProjectionType.Sparse => new(true),
        LSHProjectionType.Dense => new(false),
        var type => throw new UnsupportedOptionException($"type {type} is neither SPARSE nor DENSE"),
    };

    public void Infer(in InferContext c)
    {
        var (seeds, items) = (c.Shape(0), c.Shape(1));
        c.Require(seeds.Rank == 2 && seeds[1] <= BitsMax, $"the seeds have shape {seeds}; [functions,bits] with at most {BitsMax} bits is expected");
        c.Require(items.Rank >= 1 && items[0] >= 1, $"the input has shape {items}; at least one item is expected");
        c.Require(!c.HasInput(2) || c.Shape(2) == new Shape(items[0]), $"there are {items[0]} items; the weights have another shape");
        long bits = seeds.ElementCount;
        c.Require(bits <= int.MaxValue, $"{bits} bits are too many");
        c.SetOutput(0, isSparse ? seeds[0] : (int)bits);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int itemBytes = (int)c.Type(1).ByteCount(c.Shape(1).ElementCount) / c.Shape(1)[0];
        return new Step(c.In(0), c.In(1), c.In(2), c.Out(0), c.Shape(0)[1], c.Shape(1)[0], sizeof(float) + itemBytes,
            c.ScratchShared(sizeof(float) + (long)itemBytes), isSparse);
    }

    private sealed class Step(Operand seeds, Operand items, Operand weights, Operand output, int bits, int itemCount, int keyBytes, Scratch scratch,
        bool isSparse) : IStep
    {
        public void Run(in RunContext c)
        {
            var functions = c.Read<float>(seeds);
            var values = c.Read<byte>(items);
            var weight = weights.IsPresent ? c.Read<float>(weights) : default;
            var key = c.Scratch<byte>(scratch)[..keyBytes];
            var result = c.Write<int>(output);
            result.Clear();
            for (int i = 0; i < functions.Length; i++)
            {
                int bit = LocalitySensitiveHash.Sign(functions[i], values, itemCount, weight, key) ? 1 : 0;
                if (isSparse) result[i / bits] = result[i / bits] << 1 | bit;
                else result[i] = bit;
            }
            for (int i = 0; isSparse && i < result.Length; i++) result[i] += i * (1 << bits);
        }
    }
}
