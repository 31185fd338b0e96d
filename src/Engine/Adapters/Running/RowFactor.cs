using Graft.Adapters.Form;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Adapters.Running;

/// <summary>The right side of a product x F^T, F (out, in) with few rows, as they lie.</summary>
internal sealed unsafe class RowFactor : IDisposable
{
    private readonly NativeBuffer _memory;

    public RowFactor(Matrix factor)
    {
        (Outputs, Inputs) = (factor.Rows, factor.Columns);
        _memory = new NativeBuffer(factor.Values.LongLength * sizeof(float), isCleared: false);
        factor.Values.CopyTo(Rows);
    }

    public int Outputs { get; }

    public int Inputs { get; }

    public long ByteCount => _memory.ByteCount;

    // In bounds: as long as the array that it was made of.
    private Span<float> Rows => new((void*)_memory.Address, (int)(_memory.ByteCount / sizeof(float)));

    /// <summary>y (rows, out) = x (rows, in) F^T; x has <paramref name="stride"/> floats a row.</summary>
    public void Multiply(ReadOnlySpan<float> x, int stride, int rows, Span<float> y) => FloatDots.Run(x, stride, rows, Rows, Outputs, Inputs, y);

    public void Dispose() => _memory.Dispose();
}
