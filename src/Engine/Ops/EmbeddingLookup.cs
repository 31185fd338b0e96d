using Graft.Graphs;
using Graft.Ops.Adapted;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// EMBEDDING_LOOKUP: rows of the table in input 1 at the indices in input 0. A quantised table with a float output is
/// dequantised row by row, with one scale, one for each row or one for each block of a row; uint8 tables are read as
/// int8, as in the reference. Halves that a pass left are widened.
/// </summary>
internal sealed class EmbeddingLookup : IOp<EmbeddingLookup>, IAdaptable
{
    public static OpSignature Signature => new(BuiltinOperator.EmbeddingLookup, 5,
        $"i32 {Move.Types} -> =1", "i32 u8|i8|i4|i2 -> f32|f16");

    public static EmbeddingLookup Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape lookup = c.Shape(0), table = c.Shape(1);
        c.Require(lookup.Rank == 1 && table.Rank >= 2,
            $"indices {lookup} must be a vector and the table {table} have rows");
        if (c.Type(1) != c.Output(0).Type && c.Type(1) != DType.Float16) CheckScales(c, table, c.Input(1).Quantization);
        c.SetOutput(0, [lookup[0], .. table.Dimensions[1..]]);
    }

    public IStep Prepare(in PrepareContext c) => AdaptedLookup.Wrap(c, Plain(c), 0, checked((int)c.Shape(1).Product(1, c.Shape(1).Rank)));

    private static IStep Plain(in PrepareContext c)
    {
        Shape lookup = c.Shape(0), table = c.Shape(1);
        long inner = table.Product(1, table.Rank);
        var type = c.Type(1);
        if (type == DType.Float16 && c.Output(0).Type == DType.Float32) return new WideningStep(c.In(0), c.In(1), c.Out(0), lookup[0], table[0], checked((int)inner));
        if (type != c.Output(0).Type) return Dequantizing(c, checked((int)inner));
        bool asBytes = type.IsPacked() && inner * type.Bits() % 8 == 0;
        long rowBytes = asBytes ? inner * type.Bits() / 8 : inner * Move.ElementBytes(type);
        var mover = new GatherShape(1, 1, lookup[0], table[0], checked((int)rowBytes)).Mover(c, 0);
        return asBytes ? new MoveStep(mover, new MoveOperands(c, [1], [0], asBytes: true))
            : Move.Step(c, mover, [1], [0]);
    }

    private static void CheckScales(in InferContext c, Shape table, Quantization? quantization)
    {
        if (quantization is null) c.Fail("the table is dequantised, but has no scales");
        if (quantization.BlockSize > 0)
        {
            long row = table.Product(1, table.Rank);
            var scales = BlockScales(c.Subgraph, quantization);
            c.Require(row % quantization.BlockSize == 0,
                $"rows of {row} elements do not divide into blocks of {quantization.BlockSize}");
            c.Require(scales is { Type: DType.Float16 or DType.Float32, Constant.IsPresent: true }
                && scales.Shape.ElementCount == table[0] * (row / quantization.BlockSize),
                    "the blocks' scales are missing or do not fit the table");
            return;
        }
        c.Require(quantization.ZeroPoints.All(z => z == 0), "the table must have zero point 0");
        c.Require(quantization.Scales.Length == 1 || (quantization.Axis == 0 && quantization.Scales.Length == table[0]),
            $"{quantization.Scales.Length} scales along axis {quantization.Axis} are neither one "
                + $"nor one for each row of {table}");
    }

    private static IStep Dequantizing(in PrepareContext c, int rowLength)
    {
        var quantization = c.Input(1).Quantization!;
        int block = quantization.BlockSize > 0 ? quantization.BlockSize : rowLength;
        var layout = new EmbeddingRows(c.In(0), c.In(1), c.Out(0), c.Shape(0)[0], c.Shape(1)[0], rowLength, block,
            c.Type(1).Bits(), Scales(c, quantization));
        return c.Output(0).Type == DType.Float16 ? new EmbeddingStep<Half>(layout) : new EmbeddingStep<float>(layout);
    }

    private static float[] Scales(in PrepareContext c, Quantization quantization)
    {
        if (quantization.BlockSize == 0) return [.. quantization.Scales];
        var scales = BlockScales(c.Subgraph, quantization)!;
        if (scales.Type == DType.Float32) return scales.Constant.As<float>().ToArray();
        return c.Packed(1, "block-scales-f32", _ =>
            Array.ConvertAll(scales.Constant.As<Half>().ToArray(), h => (float)h));
    }

    private static TensorInfo? BlockScales(Subgraph subgraph, Quantization quantization) =>
        (uint)quantization.BlockScales < (uint)subgraph.Tensors.Length ? subgraph.Tensors[quantization.BlockScales]
            : null;
}
