using System.Numerics;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>Integer sums of rows (count, k) with 8-bit weights (columns, k). Used within other steps, by one worker at a time.</summary>
internal sealed class IntRowProduct
{
    private readonly NaturalSums? _product;
    private readonly PlainWeights<sbyte>? _signed;
    private readonly PlainWeights<byte>? _unsigned;
    private readonly int _weightZeroPoint;
    private readonly int _k;
    private readonly int _columns;
    private readonly Scratch _sums;

    public IntRowProduct(in PrepareContext c, int operand, int k, int columns, List<IStep> first)
    {
        (_k, _columns) = (k, columns);
        _weightZeroPoint = c.Input(operand).Quantization?.ZeroPoint ?? 0;
        if (c.Kernels != KernelSet.Reference)
        {
            _product = new(c, MatrixWeights.Int(c, 1, columns, k, MatrixWeights.Kernel(c, true, operand), out var pack, operand), k, columns);
            if (pack is not null) first.Add(pack);
            return;
        }
        _sums = c.ScratchPerWorker((long)RowTiling.BlockRows * columns * sizeof(int));
        if (c.Type(operand) == DType.UInt8) _unsigned = new(c, operand);
        else _signed = new(c, operand);
    }

    /// <summary>The sums of one row.</summary>
    public ReadOnlySpan<int> Row(ReadOnlySpan<int> sums, int row) => sums.Slice(row * _columns, _columns);

    /// <summary>Sums of (row - zero point) * weights, valid until the next call; at most <see cref="RowTiling.BlockRows"/> rows.</summary>
    public ReadOnlySpan<int> Sums<T>(in RunContext c, ReadOnlySpan<T> rows, T zeroPoint, int count, int worker) where T : unmanaged, IBinaryInteger<T>
    {
        if (_product is null)
        {
            var sums = c.Scratch<int>(_sums, worker);
            if (_unsigned is not null) Naive(_unsigned.Get(c), rows, zeroPoint, count, sums);
            else Naive(_signed!.Get(c), rows, zeroPoint, count, sums);
            return sums;
        }
        for (int r = 0; r < count; r++) _product.SetRow(c, r, rows.Slice(r * _k, _k), zeroPoint, worker);
        return _product.Run(c, count, worker);
    }

    private void Naive<T, TWeight>(ReadOnlySpan<TWeight> weights, ReadOnlySpan<T> rows, T zeroPoint, int count, Span<int> sums)
        where T : unmanaged, IBinaryInteger<T>
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        int zero = int.CreateTruncating(zeroPoint);
        for (int r = 0; r < count; r++)
        {
            for (int n = 0; n < _columns; n++)
            {
                int sum = 0;
                for (int i = 0; i < _k; i++) sum += (int.CreateTruncating(rows[r * _k + i]) - zero) * (int.CreateTruncating(weights[n * _k + i]) - _weightZeroPoint);
                sums[r * _columns + n] = sum;
            }
        }
    }
}
