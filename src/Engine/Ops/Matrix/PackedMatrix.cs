using System.Buffers;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>A right-hand matrix in the panel layout of its kernel, one matrix for each group or batch.</summary>
internal sealed unsafe class PackedMatrix<T>(int matrices, long matrixLength) : IDisposable where T : unmanaged
{
    private readonly NativeBuffer _memory = new(checked(matrices * matrixLength * sizeof(T)));

    // In bounds: the buffer holds all matrices; the length of one fits a span, which the operators check.
    public Span<T> this[int matrix] => new((void*)(_memory.Address + (nint)(matrix * matrixLength * sizeof(T))), (int)matrixLength);

    public void Dispose() => _memory.Dispose();
}

/// <summary>Packing of weights whose rows are output channels.</summary>
internal static class PackedMatrix
{
    /// <summary>Packs (groups * columns, k) row-major weights, k contiguous, into one matrix for each group.</summary>
    public static PackedMatrix<float> Float(ReadOnlySpan<float> weights, int groups, int columns, int k)
    {
        var packed = new PackedMatrix<float>(groups, FloatPanels.Length(k, columns));
        for (int g = 0; g < groups; g++) FloatPanels.Pack(weights[(g * columns * k)..], 1, k, k, columns, packed[g]);
        return packed;
    }

    /// <summary>The same of halves, which are widened panel by panel.</summary>
    public static PackedMatrix<float> Halves(ReadOnlySpan<Half> weights, int groups, int columns, int k)
    {
        var packed = new PackedMatrix<float>(groups, FloatPanels.Length(k, columns));
        float[] wide = ArrayPool<float>.Shared.Rent(FloatPanels.Width * k);
        for (int g = 0; g < groups; g++)
        {
            for (int first = 0; first < columns; first += FloatPanels.Width)
            {
                int count = Math.Min(FloatPanels.Width, columns - first);
                var floats = wide.AsSpan(0, count * k);
                HalfConvert.ToFloat(weights.Slice((g * columns + first) * k, count * k), floats);
                FloatPanels.Pack(floats, 1, k, k, count, packed[g][(first * k)..]);
            }
        }
        ArrayPool<float>.Shared.Return(wide);
        return packed;
    }
}
