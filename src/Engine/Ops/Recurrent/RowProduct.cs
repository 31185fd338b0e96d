using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Kernels.Reference;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// A product with weights (columns, k) that is added to float sums: rows (count, k), sums (count, columns). Used within other steps, by
/// one worker at a time.
/// </summary>
internal abstract class RowProduct
{
    /// <summary>
    /// The weights at <paramref name="operand"/>, of whatever kind they are; steps that must run first are added to the list.
    /// <typeparamref name="TOrder"/> is that of float products.
    /// </summary>
    public static RowProduct For<TOrder>(in PrepareContext c, int operand, int k, int columns, bool asymmetric, List<IStep> first) where TOrder : struct, IPartOrder
    {
        if (c.Shape(operand).Rank == 1) return Diagonal(c, operand);
        bool isFloat = c.Type(operand) == DType.Float32;
        float scale = isFloat ? 1 : Scale(c, operand);
        if (c.Kernels == KernelSet.Reference) return isFloat ? new NaiveFloatProduct<TOrder>(c, operand, k, columns) : new NaiveHybridProduct(c, operand, k, columns, scale, asymmetric);
        IStep? pack;
        RowProduct product = isFloat
            ? new FloatRowProduct<TOrder>(MatrixWeights.Float(c, 1, columns, k, out pack, operand), k, columns)
            : new HybridRowProduct(c, MatrixWeights.Int(c, 1, columns, k, MatrixWeights.Kernel(c, true, operand), out pack, operand), k, columns, scale, asymmetric);
        if (pack is not null) first.Add(pack);
        return product;
    }

    /// <summary>The weights at <paramref name="operand"/> are the diagonal of a matrix that is zero elsewhere: a peephole.</summary>
    public static RowProduct Diagonal(in PrepareContext c, int operand) => c.Type(operand) == DType.Float32
        ? new DiagonalProduct(c.In(operand))
        : new DiagonalIntProduct(c.In(operand), Scale(c, operand));

    public abstract void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker);

    private static float Scale(in PrepareContext c, int operand) => MatrixScales.Of(c, c.Input(operand).Quantization, $"weights of input {operand}");
}

/// <summary>Float weights.</summary>
internal sealed class FloatRowProduct<TOrder>(RightMatrix<float> weights, int k, int columns) : RowProduct where TOrder : struct, IPartOrder
{
    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker) =>
        GemvFloat.Add<TOrder>(rows, count, k, weights.Get(c, 0), columns, sums);
}

/// <summary>Int8 weights; each row is quantised to int8 with a scale of its own.</summary>
internal sealed class HybridRowProduct(in PrepareContext c, IntWeights weights, int k, int columns, float scale, bool asymmetric) : RowProduct
{
    private readonly Scratch _quantized = c.ScratchPerWorker(k);
    private readonly NaturalSums _product = new(c, weights, k, columns);

    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker)
    {
        var quantized = c.Scratch<sbyte>(_quantized, worker)[..k];
        Span<float> scales = stackalloc float[GemmInt.BlockRows];
        for (int row = 0; row < count; row += GemmInt.BlockRows)
        {
            int block = Math.Min(GemmInt.BlockRows, count - row);
            for (int r = 0; r < block; r++)
            {
                var (rowScale, zeroPoint) = DynamicQuantize.Row(rows.Slice((row + r) * k, k), quantized, asymmetric);
                scales[r] = scale * rowScale;
                _product.SetRow<sbyte>(c, r, quantized, (sbyte)zeroPoint, worker);
            }
            var results = _product.Run(c, block, worker);
            for (int r = 0; r < block; r++) LstmMath.AddScaled(results.Slice(r * columns, columns), scales[r], sums.Slice((row + r) * columns, columns));
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

/// <summary>Float weights, in plain loops.</summary>
internal sealed class NaiveFloatProduct<TOrder>(in PrepareContext c, int operand, int k, int columns) : RowProduct where TOrder : struct, IPartOrder
{
    private readonly PlainWeights<float> _weights = new(c, operand);

    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker)
    {
        var weights = _weights.Get(c);
        for (int r = 0; r < count; r++)
        {
            for (int n = 0; n < columns; n++) sums[r * columns + n] = NaiveDot.Add(sums[r * columns + n], rows.Slice(r * k, k), weights.Slice(n * k, k), !TOrder.BeginsWithSum);
        }
    }
}

/// <summary>Int8 weights, in plain loops.</summary>
internal sealed class NaiveHybridProduct(in PrepareContext c, int operand, int k, int columns, float scale, bool asymmetric) : RowProduct
{
    private readonly PlainWeights<sbyte> _weights = new(c, operand);
    private readonly Scratch _quantized = c.ScratchPerWorker(k);

    public override void Add(in RunContext c, ReadOnlySpan<float> rows, Span<float> sums, int count, int worker)
    {
        var weights = _weights.Get(c);
        var quantized = c.Scratch<sbyte>(_quantized, worker)[..k];
        for (int r = 0; r < count; r++)
        {
            var (rowScale, zeroPoint) = DynamicQuantize.Row(rows.Slice(r * k, k), quantized, asymmetric);
            for (int n = 0; n < columns; n++) sums[r * columns + n] += NaiveDot.Exact(quantized, zeroPoint, weights.Slice(n * k, k)) * (scale * rowScale);
        }
    }
}
