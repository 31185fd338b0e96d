using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Reference;
using Graft.Ops.Moves;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>A float convolution by its definition.</summary>
internal sealed class ConvReferenceFloat(ConvGeometry geometry, bool depthwise, Operand input, Operand weights, SparseLayout? layout, Operand bias, (float Min, float Max) range, Operand output) : IStep
{
    /// <summary>How the weights are stored.</summary>
    public DType WeightType { get; init; } = DType.Float32;

    public void Run(in RunContext c)
    {
        var sums = new float[geometry.OutputChannels];
        var factors = MatrixWeights.Floats(WeightType, layout, c.Read<byte>(weights));
        var target = c.Write<float>(output);
        for (int position = 0; position < geometry.Rows; position++)
        {
            if (depthwise) ConvReference.Depthwise(geometry, c.Read<float>(input), 0f, factors, 0f, position, sums);
            else ConvReference.Dense(geometry, c.Read<float>(input), 0f, factors, 0f, position, sums);
            for (int oc = 0; oc < sums.Length; oc++)
            {
                float sum = sums[oc] + (bias.IsPresent ? c.Read<float>(bias)[oc] : 0);
                target[position * sums.Length + oc] = sum < range.Min ? range.Min : sum > range.Max ? range.Max : sum;
            }
        }
    }
}

/// <summary>An integer convolution by its definition, with 64-bit sums, which the epilogue cuts to 32 bits where the operator's are.</summary>
internal sealed class ConvReferenceInt<TIn, TWeight>(in PrepareContext context, ConvGeometry geometry, bool depthwise, Operand input, QuantizedRows? rows, int zeroPoint,
    Operand weights, DType weightType, SparseLayout? layout, int weightZeroPoint, IIntEpilogue epilogue) : IStep
    where TIn : unmanaged, IBinaryInteger<TIn>
    where TWeight : unmanaged, IBinaryInteger<TWeight>
{
    private readonly Scratch _sums = context.ScratchShared((long)geometry.OutputChannels * sizeof(long));

    public void Run(in RunContext c)
    {
        var unpacked = MatrixWeights.Unpacked(weightType, c.Read<byte>(weights), WeightCount);
        var sums = c.Scratch<long>(_sums)[..geometry.OutputChannels];
        for (int position = 0; position < geometry.Rows; position++)
        {
            int image = position / (geometry.OutputHeight * geometry.OutputWidth);
            if (rows is not null) Sums(c, rows.Values(c), rows.ZeroPoint(c, image), unpacked, position, sums);
            else Sums(c, c.Read<TIn>(input), zeroPoint, unpacked, position, sums);
            epilogue.WriteRow(c, sums, position, 0);
        }
    }

    private int WeightCount => geometry.OutputChannels * geometry.FilterHeight * geometry.FilterWidth * (depthwise ? 1 : geometry.GroupChannels);

    private void Sums<T>(in RunContext c, ReadOnlySpan<T> values, int zero, sbyte[]? unpacked, int position, Span<long> sums) where T : unmanaged, IBinaryInteger<T>
    {
        if (unpacked is not null) Sums<T, sbyte>(values, zero, unpacked, position, sums);
        else Sums(values, zero, MatrixWeights.Dense<TWeight>(layout, c.Read<byte>(weights)), position, sums);
    }

    private void Sums<T, W>(ReadOnlySpan<T> values, int zero, ReadOnlySpan<W> factors, int position, Span<long> sums)
        where T : unmanaged, IBinaryInteger<T>
        where W : unmanaged, IBinaryInteger<W>
    {
        if (depthwise) ConvReference.Depthwise<T, W, long>(geometry, values, zero, factors, weightZeroPoint, position, sums);
        else ConvReference.Dense<T, W, long>(geometry, values, zero, factors, weightZeroPoint, position, sums);
    }
}
