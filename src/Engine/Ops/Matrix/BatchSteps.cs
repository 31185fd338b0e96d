using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Packs all right factors of a batched int8 product, without their zero point.</summary>
internal sealed class PackBatchInt(BatchProduct product, Operand right, int zeroPoint, RightMatrix<short> packed) : ParallelStep
{
    public override int Units => product.RightCount;

    public override long UnitCost => (long)product.K * product.N;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        int size = product.K * product.N, strideK = product.RightTransposed ? 1 : product.N, strideN = product.RightTransposed ? product.K : 1;
        for (int b = begin; b < end; b++) GemmInt.Pack(c.Read<sbyte>(right)[(b * size)..], zeroPoint, strideK, strideN, product.K, product.N, packed.Get(c, b));
    }
}

/// <summary>Lays every left factor out as rows of K, when it is stored as columns.</summary>
internal sealed class TransposeLeft<T>(BatchProduct product, Operand left, Scratch target) : ParallelStep where T : unmanaged
{
    public override int Units => product.LeftCount;

    public override long UnitCost => (long)product.K * product.M;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = c.Read<T>(left);
        var rows = c.Scratch<T>(target);
        for (int b = begin; b < end; b++)
        {
            int at = b * product.M * product.K;
            for (int m = 0; m < product.M; m++)
            {
                for (int k = 0; k < product.K; k++) rows[at + m * product.K + k] = source[at + k * product.M + m];
            }
        }
    }
}

/// <summary>A batched int8 product, or one of floats quantised row by row with int8.</summary>
internal sealed class BatchIntStep(BatchProduct product, Operand left, Scratch? transposed, QuantizedRows? quantized, int zeroPoint,
    RightMatrix<short> right, IIntEpilogue epilogue, Scratch factors, Scratch sums) : ParallelStep
{
    public const int PanelsPerUnit = 8;

    private readonly RowTiling _tiling = new(product.M, GemmInt.PanelCount(product.N), PanelsPerUnit, product.Count);

    public override int Units => _tiling.Units;

    public override long UnitCost => (long)Math.Min(RowTiling.BlockRows, product.M) * product.K * Math.Min(product.N, PanelsPerUnit * GemmInt.PanelWidth) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        int stride = GemmInt.PaddedK(product.K), width = _tiling.PanelsPerGroup * GemmInt.PanelWidth;
        var rows = quantized is not null ? quantized.Values(c) : transposed is { } scratch ? c.Scratch<sbyte>(scratch) : c.Read<sbyte>(left);
        var widened = c.Scratch<short>(factors, worker);
        var totals = c.Scratch<int>(sums, worker);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            int first = product.Left[unit.Matrix] * product.M + unit.Row;
            for (int r = 0; r < unit.Rows; r++)
            {
                int zero = quantized?.ZeroPoint(c, first + r) ?? zeroPoint;
                Widen.Subtract(rows.Slice((first + r) * product.K, product.K), (sbyte)zero, widened.Slice(r * stride, product.K));
                widened.Slice(r * stride + product.K, stride - product.K).Clear();
            }
            GemmInt.Run(widened, stride, unit.Rows, product.K, 0, stride, right.Get(c, product.Right[unit.Matrix]), unit.PanelBegin, unit.PanelEnd, totals, width);
            int column = unit.PanelBegin * GemmInt.PanelWidth, count = Math.Min(unit.PanelEnd * GemmInt.PanelWidth, product.N) - column;
            for (int r = 0; r < unit.Rows; r++) epilogue.Write(c, totals.Slice(r * width, count), unit.Matrix * product.M + unit.Row + r, column);
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
                for (int n = 0; n < product.N; n++)
                {
                    long sum = Sum(c, product.Left[b], m, product.Right[b], n, row);
                    if (epilogue.IsWide) epilogue.Write(c, [sum], b * product.M + m, n);
                    else epilogue.Write(c, [unchecked((int)sum)], b * product.M + m, n);
                }
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

/// <summary>The sums themselves, as int32 outputs.</summary>
internal sealed class RawEpilogue(int columns, Operand output) : IIntEpilogue
{
    public bool IsWide => false;

    public void Write(in RunContext c, ReadOnlySpan<int> sums, int row, int column) => sums.CopyTo(c.Write<int>(output)[(row * columns + column)..]);

    public void Write(in RunContext c, ReadOnlySpan<long> sums, int row, int column) => throw new NotSupportedException("raw sums have 32 bits");
}
