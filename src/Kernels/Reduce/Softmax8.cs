using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Kernels.Reduce;

/// <summary>
/// SOFTMAX of 8-bit rows to 8 or 16 bits, bit for bit the reference's fixed-point form. The exponential depends on the
/// distance to the row's maximum only, so there are 256 of them, made once. Output scale 1/256 (16 bits: 1/65536), zero
/// point the type's least value.
/// </summary>
internal sealed class Softmax8
{
    private const int Distances = 256;
    private readonly int[] _exponentials = new int[Distances];
    private readonly int[] _addends = new int[Distances];
    private readonly int _reach;

    /// <param name="inputScale">Scale of the input; its zero point does not matter.</param>
    /// <param name="beta">Factor of the exponent.</param>
    public Softmax8(float inputScale, float beta)
    {
        var scaling = SoftmaxScaling.For(beta, inputScale);
        _reach = Math.Min(scaling.Radius, Distances - 1);
        for (int distance = 0; distance <= _reach; distance++)
        {
            _exponentials[distance] = FixedExp.Exp(FixedPoint.MultiplyGreaterThanOne(-distance, scaling.Factor));
            _addends[distance] = FixedPoint.DivideByPot(_exponentials[distance], FixedExp.SumIntegerBits);
        }
    }

    /// <summary>Rows of <paramref name="length"/> elements.</summary>
    /// <exception cref="ArgumentException">A row's sum of exponentials is beyond 4095, where the reference
    /// aborts.</exception>
    public void Run<TIn, TOut>(ReadOnlySpan<TIn> input, int length, Span<TOut> output)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int start = 0; start < input.Length; start += length)
            Row(input.Slice(start, length), output.Slice(start, length));
    }

    [MethodImpl(Jit.Loop)]
    private void Row<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int most = RowMaximum.Of(input);
        int sum = 0;
        foreach (TIn value in input) sum += _addends[most - int.CreateTruncating(value)];
        (int scale, int bitsOverUnit) = FixedExp.Reciprocal(sum);
        int bits = System.Runtime.CompilerServices.Unsafe.SizeOf<TOut>() * 8;
        int exponent = bitsOverUnit + 31 - bits;
        if (exponent is < 0 or > 31) ThrowOverflow(input.Length);
        int least = int.CreateTruncating(TOut.MinValue);
        for (int i = 0; i < input.Length; i++)
        {
            int distance = most - int.CreateTruncating(input[i]);
            int probability = distance > _reach
                ? 0
                : FixedPoint.DivideByPot(FixedPoint.HighMul(scale, _exponentials[distance]), exponent);
            output[i] = TOut.CreateSaturating(probability + least);
        }
    }

    [DoesNotReturn]
    private static void ThrowOverflow(int length) => throw new ArgumentException(
        $"a quantised softmax row of {length} elements has a sum of exponentials above 4095, "
        + "which 12 integer bits cannot hold");
}
