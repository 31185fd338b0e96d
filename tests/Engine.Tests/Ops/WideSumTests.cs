using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>Sums that leave 32 bits.</summary>
public sealed class WideSumTests
{
    /// <summary>One column of a square factor is full and the others empty, so that no row tells how large its sums become.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_of_16_bit_factors_may_leave_32_bits(bool isTransposed)
    {
        const int Size = 640;
        var weights = new sbyte[Size * Size];
        for (int k = 0; k < Size; k++) weights[isTransposed ? k : k * Size] = sbyte.MaxValue;
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int16, 1, Size), w = b.Constant("w", DType.Int8, weights, Size, Size), y = b.Tensor("y", DType.Int16, 1, Size);
        b.Quantize(x, 1f / 32768).Quantize(w, 1f / 127).Quantize(y, Size / 32768f);
        b.Operator(BuiltinOperator.BatchMatMul, [x, w], [y], new BatchMatMulOptionsRecord { AdjY = isTransposed }).Output(y);
        var expected = new short[Size];
        expected[0] = short.MaxValue;
        Twin.Gives(b, expected, Enumerable.Repeat(short.MaxValue, Size).ToArray());
    }
}
