using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>Integer sums of rows (count, k) with 8-bit weights (columns, k). Used within other steps, by one worker at a time.</summary>
internal sealed class IntRowProduct
{
    private readonly RightMatrix<short>? _packed;
    private readonly PlainWeights<sbyte>? _signed;
    private readonly PlainWeights<byte>? _unsigned;
    private readonly int _weightZeroPoint;
    private readonly int _k;
    private readonly int _columns;
    private readonly Scratch _factors;
    private readonly Scratch _sums;

    public IntRowProduct(in PrepareContext c, int operand, int k, int columns, List<IStep> first)
    {
        (_k, _columns) = (k, columns);
        _factors = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PaddedK(k) * sizeof(short));
        _sums = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PaddedColumns(columns) * sizeof(int));
        _weightZeroPoint = c.Input(operand).Quantization?.ZeroPoint ?? 0;
        if (c.Kernels != KernelSet.Reference)
        {
            _packed = MatrixWeights.Int(c, 1, columns, k, out var pack, operand);
            if (pack is not null) first.Add(pack);
        }
        else if (c.Type(operand) == DType.UInt8) _unsigned = new(c, operand);
        else _signed = new(c, operand);
    }

    /// <summary>The sums of one row.</summary>
    public ReadOnlySpan<int> Row(ReadOnlySpan<int> sums, int row) => sums.Slice(row * GemmInt.PaddedColumns(_columns), _columns);

    /// <summary>Sums of (row - zero point) * weights, valid until the next call; at most <see cref="RowTiling.BlockRows"/> rows.</summary>
    public ReadOnlySpan<int> Sums<T>(in RunContext c, ReadOnlySpan<T> rows, T zeroPoint, int count, int worker) where T : unmanaged, IBinaryInteger<T>
    {
        int stride = GemmInt.PaddedK(_k), width = GemmInt.PaddedColumns(_columns);
        var factors = c.Scratch<short>(_factors, worker);
        var sums = c.Scratch<int>(_sums, worker);
        for (int r = 0; r < count; r++)
        {
            Widen.Subtract(rows.Slice(r * _k, _k), zeroPoint, factors.Slice(r * stride, _k));
            factors.Slice(r * stride + _k, stride - _k).Clear();
        }
        if (_packed is not null) GemmInt.Run(factors, stride, count, _k, 0, stride, _packed.Get(c, 0), 0, GemmInt.PanelCount(_columns), sums, width);
        else if (_unsigned is not null) Naive(_unsigned.Get(c), factors, stride, count, sums, width);
        else Naive(_signed!.Get(c), factors, stride, count, sums, width);
        return sums;
    }

    private void Naive<TWeight>(ReadOnlySpan<TWeight> weights, ReadOnlySpan<short> factors, int stride, int count, Span<int> sums, int width)
        where TWeight : unmanaged, IBinaryInteger<TWeight>
    {
        for (int r = 0; r < count; r++)
        {
            for (int n = 0; n < _columns; n++)
            {
                int sum = 0;
                for (int i = 0; i < _k; i++) sum += factors[r * stride + i] * (int.CreateTruncating(weights[n * _k + i]) - _weightZeroPoint);
                sums[r * width + n] = sum;
            }
        }
    }
}
