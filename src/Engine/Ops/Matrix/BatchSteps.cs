using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Packs all right factors of a batched int8 product, without their zero point.</summary>
internal sealed class PackBatchInt(BatchProduct product, Operand right, int zeroPoint, IntWeights packed) : ParallelStep
{
    public override int Units => product.RightCount;

    public override long UnitCost => (long)product.K * product.N;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        int size = product.K * product.N, strideK = product.RightTransposed ? 1 : product.N, strideN = product.RightTransposed ? product.K : 1;
        for (int b = begin; b < end; b++) packed.Kernel.Pack(c.Read<sbyte>(right)[(b * size)..], zeroPoint, strideK, strideN, product.K, product.N, packed.Panels.Get(c, b));
    }
}

/// <summary>Transposes matrices (rows, columns), which are an operand's or in scratch memory.</summary>
internal sealed class TransposeMatrices<T>(int count, int rows, int columns, Operand source, Scratch target, Scratch? scratchSource = null) : ParallelStep where T : unmanaged
{
    public override int Units => count;

    public override long UnitCost => (long)rows * columns;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var from = scratchSource is { } scratch ? c.Scratch<T>(scratch) : c.Read<T>(source);
        var to = c.Scratch<T>(target);
        for (int at = begin * rows * columns; at < end * rows * columns; at += rows * columns)
        {
            for (int column = 0; column < columns; column++)
            {
                for (int row = 0; row < rows; row++) to[at + column * rows + row] = from[at + row * columns + column];
            }
        }
    }
}

/// <summary>A batched int8 product, or one of floats quantised row by row with int8.</summary>
internal sealed class BatchIntStep : ParallelStep
{
    private const int PanelsPerUnit = 8;

    private readonly BatchProduct _product;
    private readonly Operand _left;
    private readonly Scratch? _transposed;
    private readonly QuantizedRows? _quantized;
    private readonly int _zeroPoint;
    private readonly IntWeights _right;
    private readonly PanelProduct _panels;
    private readonly RowTiling _tiling;
    private readonly int _stride;
    private readonly Scratch _factors;

    public BatchIntStep(in PrepareContext c, BatchProduct product, Scratch? transposed, QuantizedRows? quantized, int zeroPoint, IntWeights right, IIntEpilogue epilogue)
    {
        (_product, _left, _transposed, _quantized, _zeroPoint, _right) = (product, c.In(0), transposed, quantized, zeroPoint, right);
        _panels = new(c, right.Kernel, new(right.Kernel.PanelWidth, 1, product.N), epilogue);
        _tiling = new(product.M, right.Kernel.PanelCount(product.N), PanelsPerUnit, product.Count, GemmInt.BlockRows);
        _stride = right.Kernel.RowBytes(product.K);
        _factors = c.ScratchPerWorker((long)_tiling.RowsPerBlock * _stride + LeftRow.Slack);
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)_tiling.RowsPerBlock * _product.K * Math.Min(_product.N, _tiling.PanelsPerGroup * _right.Kernel.PanelWidth) / 8;

    public override long Products => (long)_product.Count * _product.M * _product.K * _product.N;

    public override string Kernel => _right.Kernel.Name;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var kind = _right.Kernel.Left;
        var rows = _quantized is not null ? _quantized.Values(c) : _transposed is { } scratch ? c.Scratch<sbyte>(scratch) : c.Read<sbyte>(_left);
        var factors = c.Scratch<byte>(_factors, worker);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            int first = _product.Left[unit.Matrix] * _product.M + unit.Row, outputRow = unit.Matrix * _product.M + unit.Row;
            for (int r = 0; r < unit.Rows; r++)
            {
                int zero = _quantized?.ZeroPoint(c, first + r) ?? _zeroPoint;
                LeftRow.Convert(kind, rows, (first + r) * _product.K, _product.K, (sbyte)zero, factors[(r * _stride)..]);
            }
            var left = new LeftBlock
            {
                Rows = new(factors, _stride, unit.Rows, _stride),
                K = _product.K,
                ZeroPoint = _quantized is null ? LeftRow.ZeroPoint<sbyte>(kind, _zeroPoint) : _quantized.SharedZeroPoint(c, kind, outputRow, unit.Rows),
                OutputRow = outputRow,
            };
            _panels.Run(c, left, _right.Panels.Get(c, _product.Right[unit.Matrix]), 0, unit.PanelBegin, unit.PanelEnd, worker);
        }
    }
}

/// <summary>A batched product by its definition, with 64-bit sums: the oracle, and the path of 16-bit factors.</summary>
internal sealed class BatchReferenceStep<TLeft, TRight>(BatchProduct product, Operand left, QuantizedRows? quantized, int leftZeroPoint,
    Operand right, int rightZeroPoint, IIntEpilogue epilogue) : IStep
    where TLeft : unmanaged, IBinaryInteger<TLeft>
    where TRight : unmanaged, IBinaryInteger<TRight>
{
    public void Run(in RunContext c)
    {
        for (int b = 0; b < product.Count; b++)
        {
            for (int m = 0; m < product.M; m++)
            {
                int row = product.Left[b] * product.M + m;
                for (int n = 0; n < product.N; n++) epilogue.WriteRow(c, [Sum(c, product.Left[b], m, product.Right[b], n, row)], b * product.M + m, n);
            }
        }
    }

    private long Sum(in RunContext c, int leftMatrix, int m, int rightMatrix, int n, int row)
    {
        var factors = c.Read<TRight>(right).Slice(rightMatrix * product.K * product.N, product.K * product.N);
        int strideK = product.RightTransposed ? 1 : product.N, at = product.RightTransposed ? n * product.K : n;
        long sum = 0;
        for (int k = 0; k < product.K; k++)
        {
            long x;
            if (quantized is not null) x = quantized.Values(c)[row * product.K + k] - quantized.ZeroPoint(c, row);
            else
            {
                int from = leftMatrix * product.M * product.K + (product.LeftTransposed ? k * product.M + m : m * product.K + k);
                x = long.CreateTruncating(c.Read<TLeft>(left)[from]) - leftZeroPoint;
            }
            sum += x * (long.CreateTruncating(factors[at + k * strideK]) - rightZeroPoint);
        }
        return sum;
    }
}

/// <summary>A batched float product by its definition.</summary>
internal sealed class BatchReferenceFloat(BatchProduct product, Operand left, Operand right, Operand output) : IStep
{
    public void Run(in RunContext c)
    {
        var target = c.Write<float>(output);
        for (int b = 0; b < product.Count; b++)
        {
            var x = c.Read<float>(left).Slice(product.Left[b] * product.M * product.K, product.M * product.K);
            var y = c.Read<float>(right).Slice(product.Right[b] * product.K * product.N, product.K * product.N);
            for (int m = 0; m < product.M; m++)
            {
                for (int n = 0; n < product.N; n++)
                {
                    float sum = 0;
                    for (int k = 0; k < product.K; k++)
                    {
                        sum += x[product.LeftTransposed ? k * product.M + m : m * product.K + k] * y[product.RightTransposed ? n * product.K + k : k * product.N + n];
                    }
                    target[(b * product.M + m) * product.N + n] = sum;
                }
            }
        }
    }
}
