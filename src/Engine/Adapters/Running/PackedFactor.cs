using Graft.Adapters.Form;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Adapters.Running;

/// <summary>The right side of a product x F^T, F (out, in), packed for the float kernel.</summary>
internal sealed unsafe class PackedFactor : IDisposable
{
    private readonly NativeBuffer _memory;

    /// <param name="factor">F, or what F is a multiple of.</param>
    /// <param name="scale">F in units of <paramref name="factor"/>.</param>
    public PackedFactor(Matrix factor, float scale = 1)
    {
        (Outputs, Inputs) = (factor.Rows, factor.Columns);
        long length = FloatPanels.Length(Inputs, Outputs);
        if (length > int.MaxValue) throw new AdapterException($"a factor of {Outputs} x {Inputs} exceeds the limit of 2^31 elements");
        _memory = new NativeBuffer(length * sizeof(float), isCleared: false);
        FloatPanels.Pack(factor.Values, 1, Inputs, Inputs, Outputs, Packed, scale);
    }

    public int Outputs { get; }

    public int Inputs { get; }

    public long ByteCount => _memory.ByteCount;

    /// <summary>F^T as panels.</summary>
    // In bounds: the buffer holds PackedLength floats, which fit a span.
    public Span<float> Packed => new((void*)_memory.Address, (int)(_memory.ByteCount / sizeof(float)));

    /// <summary>y (rows, out) = x (rows, in) F^T; x has <paramref name="stride"/> floats a row.</summary>
    public void Multiply(ReadOnlySpan<float> x, int stride, int rows, Span<float> y) =>
        GemmFloat.Run(new FloatProduct(new(x, stride, rows, Inputs), Packed, Outputs, default, FloatProduct.Unbounded, y, Outputs), 0, FloatPanels.Count(Outputs), separate: false);

    /// <summary>y += x F^T.</summary>
    public void MultiplyAdd(ReadOnlySpan<float> x, int stride, int rows, Span<float> y) =>
        GemmFloat.Run(new FloatProduct(new(x, stride, rows, Inputs), Packed, Outputs, default, FloatProduct.Unbounded, y, Outputs, y, Outputs), 0, FloatPanels.Count(Outputs), separate: false);

    /// <summary>y += x F^T for few inputs and x (rows, in) without gaps; sums go on from y.</summary>
    public void Update(ReadOnlySpan<float> x, int rows, Span<float> y) => FloatUpdate.Run(x, rows, Inputs, Packed, Outputs, y);

    public void Dispose() => _memory.Dispose();
}
