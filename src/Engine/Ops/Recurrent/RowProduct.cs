using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// A product with weights (columns, k) that is added to float sums: rows (count, k), sums (count, columns). Used within other steps, by
/// one worker at a time.
/// </summary>
internal abstract class RowProduct
{
    /// <summary>The weights at <paramref name="operand"/>, of whatever kind they are; steps that must run first are added to the list.</summary>
    public static RowProduct For(in PrepareContext c, int operand, int k, int columns, bool asymmetric, List<IStep> first)
    {
        bool isFloat = c.Type(operand) == DType.Float32;
        float scale = isFloat ? 1 : MatrixScales.Of(c, c.Input(operand).Quantization, $"weights of input {operand}");
        if (c.Shape(operand).Rank == 1) return isFloat ? new DiagonalProduct(c.In(operand)) : new DiagonalIntProduct(c.In(operand), scale);
        if (c.Kernels == KernelSet.Reference) return new NaiveRowProduct(c, operand, k, columns, isFloat ? null : scale, asymmetric);
        IStep? pack;
        RowProduct product = isFloat
            ? new FloatRowProduct(c, MatrixWeights.Float(c, 1, columns, k, out pack, operand), k, columns)
            : new HybridRowProduct(c, MatrixWeights.Int(c, 1, columns, k, out pack, operand), k, columns, scale, asymmetric);
        if (pack is not null) first.Add(pack);
        return product;
    }

    public abstract void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker);
}

/// <summary>Float weights.</summary>
internal sealed class FloatRowProduct(in PrepareContext c, RightMatrix<float> weights, int k, int columns) : RowProduct
{
    private readonly Scratch _results = c.ScratchPerWorker((long)RowTiling.BlockRows * columns * sizeof(float));
    private readonly bool _separate = c.PlainFloats;

    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker)
    {
        var results = c.Scratch<float>(_results, worker);
        for (int row = 0; row < count; row += RowTiling.BlockRows)
        {
            int block = Math.Min(RowTiling.BlockRows, count - row);
            var product = new FloatProduct(new(rows[(row * k)..], k, block, k), weights.Get(c, 0), columns, default, FloatProduct.Unbounded, results, columns);
            GemmFloat.Run(product, 0, FloatPanels.Count(columns), _separate);
            var target = sums.Slice(row * columns, block * columns);
            for (int i = 0; i < target.Length; i++) target[i] += results[i];
        }
    }
}

/// <summary>Int8 weights; each row is quantised to int8 with a scale of its own.</summary>
internal sealed class HybridRowProduct(in PrepareContext c, RightMatrix<short> weights, int k, int columns, float scale, bool asymmetric) : RowProduct
{
    private readonly Scratch _quantized = c.ScratchPerWorker(k);
    private readonly Scratch _factors = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PaddedK(k) * sizeof(short));
    private readonly Scratch _results = c.ScratchPerWorker((long)RowTiling.BlockRows * GemmInt.PaddedColumns(columns) * sizeof(int));

    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker)
    {
        int stride = GemmInt.PaddedK(k), width = GemmInt.PaddedColumns(columns);
        var quantized = c.Scratch<sbyte>(_quantized, worker)[..k];
        var factors = c.Scratch<short>(_factors, worker);
        var results = c.Scratch<int>(_results, worker);
        Span<float> scales = stackalloc float[RowTiling.BlockRows];
        for (int row = 0; row < count; row += RowTiling.BlockRows)
        {
            int block = Math.Min(RowTiling.BlockRows, count - row);
            for (int r = 0; r < block; r++)
            {
                var (rowScale, zeroPoint) = DynamicQuantize.Row(rows.Slice((row + r) * k, k), quantized, asymmetric);
                scales[r] = scale * rowScale;
                Widen.Subtract(quantized, (sbyte)zeroPoint, factors.Slice(r * stride, k));
                factors.Slice(r * stride + k, stride - k).Clear();
            }
            GemmInt.Run(factors, stride, block, k, 0, stride, weights.Get(c, 0), 0, GemmInt.PanelCount(columns), results, width);
            for (int r = 0; r < block; r++)
            {
                var target = sums.Slice((row + r) * columns, columns);
                var from = results.Slice(r * width, columns);
                for (int i = 0; i < target.Length; i++) target[i] += from[i] * scales[r];
            }
        }
    }
}

/// <summary>A diagonal matrix, given as its diagonal.</summary>
internal sealed class DiagonalProduct(Operand diagonal) : RowProduct
{
    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker) =>
        LstmMath.AddProduct(c.Read<float>(diagonal), rows, sums);
}

/// <summary>A diagonal int8 matrix; the rows stay float.</summary>
internal sealed class DiagonalIntProduct(Operand diagonal, float scale) : RowProduct
{
    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker) =>
        LstmMath.AddProduct(c.Read<sbyte>(diagonal), scale, rows, sums);
}

/// <summary>The product by its definition: in double, or in 64-bit integers of the quantised row.</summary>
internal sealed class NaiveRowProduct(in PrepareContext c, int operand, int k, int columns, float? scale, bool asymmetric) : RowProduct
{
    private readonly Operand _weights = c.In(operand);
    private readonly Scratch _quantized = c.ScratchPerWorker(k);

    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker)
    {
        var quantized = c.Scratch<sbyte>(_quantized, worker)[..k];
        for (int r = 0; r < count; r++)
        {
            var row = rows.Slice(r * k, k);
            var target = sums.Slice(r * columns, columns);
            if (scale is not { } weightScale)
            {
                for (int n = 0; n < columns; n++) target[n] += (float)Dot(row, c.Read<float>(_weights).Slice(n * k, k));
                continue;
            }
            var (rowScale, zeroPoint) = DynamicQuantize.Row(row, quantized, asymmetric);
            for (int n = 0; n < columns; n++) target[n] += Dot(quantized, zeroPoint, c.Read<sbyte>(_weights).Slice(n * k, k)) * (weightScale * rowScale);
        }
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    private static long Dot(ReadOnlySpan<sbyte> a, int zeroPoint, ReadOnlySpan<sbyte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - zeroPoint) * b[i];
        return sum;
    }
}
