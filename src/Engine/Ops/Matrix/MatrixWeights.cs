using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Graphs;
using Graft.Kernels;
using Graft.Kernels.Conv;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Ops.Moves;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// Weights (groups * columns, k), k contiguous, of any type, as the right side of a product: packed once when they are constant, otherwise
/// by a step that runs first.
/// </summary>
internal static class MatrixWeights
{
    private const int WeightsInput = 1;

    public static RightMatrix<float> Float(in PrepareContext c, int groups, int columns, int k, out IStep? first, int operand = WeightsInput)
    {
        long length = Length(c, FloatPanels.Length(k, columns));
        first = null;
        if (c.TryConstant(operand, out _))
        {
            var (layout, type) = (Sparse(c, operand), c.Type(operand));
            return new(c.Packed(operand, $"f32 {groups}x{columns}x{k}", data => type == DType.Float16
                ? PackedMatrix.Halves(Dense<Half>(layout, data.Bytes), groups, columns, k) : PackedMatrix.Float(Dense<float>(layout, data.Bytes), groups, columns, k)));
        }
        c.Require(c.Type(operand) == DType.Float32, $"float weights of type {c.Type(operand).Name()} must be constant");
        var packed = new RightMatrix<float>(c.ScratchShared(groups * length * sizeof(float)), (int)length);
        first = new PackFloat(c.In(operand), packed, groups, columns, k);
        return packed;
    }

    /// <summary>The way of multiplying for weights of an operand's type.</summary>
    /// <param name="c">The node.</param>
    /// <param name="wideLeft">Whether left factors may need more than eight bits and a zero point.</param>
    /// <param name="operand">The weights.</param>
    public static GemmInt Kernel(in PrepareContext c, bool wideLeft, int operand = WeightsInput)
    {
        var (type, zeroPoint) = Stored(c, operand);
        return GemmInt.Select(wideLeft, type == DType.Int16 || zeroPoint != (type == DType.UInt8 ? 128 : 0));
    }

    /// <param name="c">The node.</param>
    /// <param name="groups">Right matrices.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="k">Rows of each.</param>
    /// <param name="kernel">What multiplies.</param>
    /// <param name="first">A step that packs the weights, when they are not constant.</param>
    /// <param name="operand">The weights.</param>
    /// <param name="window">How constant weights are arranged, where they are.</param>
    public static IntWeights Int(in PrepareContext c, int groups, int columns, int k, GemmInt kernel, out IStep? first, int operand = WeightsInput, IntWindow? window = null)
    {
        var (type, zeroPoint) = Stored(c, operand);
        if (window is { IsPlain: true }) window = null;
        long length = Length(c, kernel.PackedBytes(window?.K ?? k, window?.Columns ?? columns));
        var pack = new Pack(kernel, type, zeroPoint, groups, columns, k, Sparse(c, operand), window);
        first = null;
        if (c.TryConstant(operand, out _))
        {
            string arranged = window is null ? "" : $" {window.Joined}";
            return new(kernel, new(c.Packed(operand, $"{kernel.Name} {type} {zeroPoint} {groups}x{columns}x{k}{arranged}", pack.Constant)));
        }
        var packed = new RightMatrix<byte>(c.ScratchShared(groups * length), (int)length);
        first = new PackInt(c.In(operand), packed, pack);
        return new(kernel, packed);
    }

    private static (DType Type, int ZeroPoint) Stored(in PrepareContext c, int operand)
    {
        var type = c.Type(operand);
        // The weights of dynamic-range models have no zero point, whatever the file says, and unsigned ones are read as signed.
        return c.Type(0) == DType.Float32 ? (type == DType.UInt8 ? DType.Int8 : type, 0) : (type, c.Input(operand).Quantization?.ZeroPoint ?? 0);
    }

    /// <summary>The weights as signed bytes when they are packed below a byte; otherwise null.</summary>
    public static sbyte[]? Unpacked(DType type, ReadOnlySpan<byte> bytes, int count)
    {
        if (!type.IsPacked()) return null;
        var unpacked = new sbyte[count];
        PackedIntegers.Unpack(bytes, type.Bits(), unpacked);
        return unpacked;
    }

    /// <summary>How the weights are stored when they are sparse; null for dense ones.</summary>
    public static SparseLayout? Sparse(in PrepareContext c, int operand = WeightsInput)
    {
        var input = c.Input(operand);
        if (input.Sparsity is null) return null;
        string? problem = c.Type(operand).IsPacked() ? "elements narrower than a byte cannot be sparse" : SparseLayout.Problem(input.Sparsity, c.Shape(operand));
        c.Require(problem is null && input.Constant.IsPresent, $"sparse weights {input}: {problem ?? "they must be constant"}");
        return new(input.Sparsity, c.Shape(operand));
    }

    /// <summary>The elements of stored weights, expanded when they are sparse.</summary>
    public static ReadOnlySpan<T> Dense<T>(SparseLayout? layout, ReadOnlySpan<byte> bytes) where T : unmanaged
    {
        var stored = MemoryMarshal.Cast<byte, T>(bytes);
        if (layout is null) return stored;
        var dense = new T[layout.Count];
        layout.Expand(stored, dense);
        return dense;
    }

    /// <summary>The elements of stored float weights, widened where they are halves.</summary>
    public static ReadOnlySpan<float> Floats(DType type, SparseLayout? layout, ReadOnlySpan<byte> bytes)
    {
        if (type != DType.Float16) return Dense<float>(layout, bytes);
        var halves = Dense<Half>(layout, bytes);
        float[] floats = GC.AllocateUninitializedArray<float>(halves.Length);
        HalfConvert.ToFloat(halves, floats);
        return floats;
    }

    private static long Length(in PrepareContext c, long length)
    {
        c.Require(length <= int.MaxValue / sizeof(float), "the weights of one group exceed 2 GB when packed");
        return length;
    }

    private sealed class PackFloat(Operand weights, RightMatrix<float> packed, int groups, int columns, int k) : IStep
    {
        public void Run(in RunContext c)
        {
            for (int g = 0; g < groups; g++) FloatPanels.Pack(c.Read<float>(weights)[(g * columns * k)..], 1, k, k, columns, packed.Get(c, g));
        }
    }

    private sealed class PackInt(Operand weights, RightMatrix<byte> packed, Pack pack) : IStep
    {
        public void Run(in RunContext c)
        {
            for (int g = 0; g < pack.Groups; g++) pack.Group(c.Read<byte>(weights), g, packed.Get(c, g));
        }
    }

    private sealed record Pack(GemmInt Kernel, DType Type, int ZeroPoint, int Groups, int Columns, int K, SparseLayout? Layout, IntWindow? Window)
    {
        public PackedMatrix<byte> Constant(ConstantData data)
        {
            var packed = new PackedMatrix<byte>(Groups, Kernel.PackedBytes(Window?.K ?? K, Window?.Columns ?? Columns));
            for (int g = 0; g < Groups; g++) Group(data.Bytes, g, packed[g]);
            return packed;
        }

        public void Group(ReadOnlySpan<byte> bytes, int group, Span<byte> packed)
        {
            if (Unpacked(Type, bytes, Groups * Columns * K) is { } signed) Values<sbyte>(signed, group, packed);
            else if (Type == DType.Int8) Values(Dense<sbyte>(Layout, bytes), group, packed);
            else if (Type == DType.Int16) Values(Dense<short>(Layout, bytes), group, packed);
            else Values(Dense<byte>(Layout, bytes), group, packed);
        }

        private void Values<T>(ReadOnlySpan<T> weights, int group, Span<byte> packed) where T : unmanaged, IBinaryInteger<T>
        {
            weights = weights[(group * Columns * K)..];
            if (Window is null)
            {
                Kernel.Pack(weights, ZeroPoint, 1, K, K, Columns, packed);
                return;
            }
            var arranged = new T[Window.Columns * Window.K];
            Window.Arrange(weights, T.CreateTruncating(ZeroPoint), arranged);
            Kernel.Pack<T>(arranged, ZeroPoint, 1, Window.K, Window.K, Window.Columns, packed);
        }
    }
}
