using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;

namespace Graft.Adapters.Form;

/// <summary>A row-major float matrix, as adapters are made of. Immutable once handed on.</summary>
internal sealed class Matrix(int rows, int columns, float[] values)
{
    public Matrix(int rows, int columns) : this(rows, columns, new float[checked(rows * columns)])
    {
    }

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public float[] Values { get; } = values.Length == checked(rows * columns) ? values
        : throw new ArgumentException($"{values.Length} values are no {rows} x {columns} matrix", nameof(values));

    public ref float this[int row, int column] => ref Values[row * Columns + column];

    public Span<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    public static Matrix Identity(int size)
    {
        var identity = new Matrix(size, size);
        for (int i = 0; i < size; i++) identity[i, i] = 1;
        return identity;
    }

    /// <summary>This (m, k) times <paramref name="right"/> (k, n).</summary>
    public Matrix Times(Matrix right)
    {
        if (Columns != right.Rows) throw new ArgumentException($"{Rows} x {Columns} times {right.Rows} x {right.Columns}", nameof(right));
        var product = new Matrix(Rows, right.Columns);
        if (product.Values.Length == 0 || Columns == 0) return product;
        var packed = new float[FloatPanels.Length(Columns, right.Columns)];
        FloatPanels.Pack(right.Values, right.Columns, 1, Columns, right.Columns, packed);
        var problem = new FloatProduct(new(Values, Columns, Rows, Columns), packed, right.Columns, default, FloatProduct.Unbounded, product.Values, right.Columns);
        GemmFloat.Run(problem, 0, FloatPanels.Count(right.Columns), separate: false);
        return product;
    }

    /// <summary>Some of the rows.</summary>
    public Matrix Part(int firstRow, int rows) => rows == Rows ? this : new(rows, Columns, Values.AsSpan(firstRow * Columns, rows * Columns).ToArray());

    public Matrix Transposed()
    {
        var transposed = new Matrix(Columns, Rows);
        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c++) transposed[c, r] = this[r, c];
        }
        return transposed;
    }

    /// <summary>This times a number.</summary>
    public Matrix Scaled(float factor)
    {
        if (factor == 1) return this;
        float[] scaled = GC.AllocateUninitializedArray<float>(Values.Length);
        Map.Apply(new Multiple(factor), Values, scaled);
        return new(Rows, Columns, scaled);
    }

    /// <summary>This plus <paramref name="factor"/> times another of the same size.</summary>
    public Matrix Plus(Matrix other, float factor = 1)
    {
        if (Rows != other.Rows || Columns != other.Columns) throw new ArgumentException($"{Rows} x {Columns} plus {other.Rows} x {other.Columns}", nameof(other));
        var sum = (float[])Values.Clone();
        for (int i = 0; i < sum.Length; i++) sum[i] += factor * other.Values[i];
        return new(Rows, Columns, sum);
    }

    /// <summary>Row r times <c>factors[r]</c>.</summary>
    public Matrix ScaledRows(ReadOnlySpan<float> factors)
    {
        var scaled = new Matrix(Rows, Columns);
        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c++) scaled[r, c] = this[r, c] * factors[r];
        }
        return scaled;
    }

    /// <summary>Column c times <c>factors[c]</c>.</summary>
    public Matrix ScaledColumns(ReadOnlySpan<float> factors)
    {
        var scaled = new Matrix(Rows, Columns);
        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c++) scaled[r, c] = this[r, c] * factors[c];
        }
        return scaled;
    }

    /// <summary>This times a column vector.</summary>
    public float[] Times(ReadOnlySpan<float> vector)
    {
        var product = new float[Rows];
        for (int r = 0; r < Rows; r++)
        {
            double sum = 0;
            for (int c = 0; c < Columns; c++) sum += (double)this[r, c] * vector[c];
            product[r] = (float)sum;
        }
        return product;
    }

    /// <summary>Euclidean norms of the rows.</summary>
    public float[] RowNorms()
    {
        var norms = new float[Rows];
        for (int r = 0; r < Rows; r++)
        {
            double sum = 0;
            foreach (float v in Row(r)) sum += (double)v * v;
            norms[r] = (float)Math.Sqrt(sum);
        }
        return norms;
    }
}
