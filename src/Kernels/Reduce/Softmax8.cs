using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// SOFTMAX of 8-bit rows to 8 or 16 bits, bit for bit the reference's fixed-point form. The exponential depends on the
/// distance to the row's maximum only, so there are 256 of them, made once. Output scale 1/256 (16 bits: 1/65536), zero
/// point the type's least value.
/// </summary>
internal sealed class Softmax8
{
    private const int Distances = 256;
    private const int BlockLength = 256;
    private readonly int[] _exponentials = new int[Distances];
    private readonly int[] _addends = new int[Distances];

    /// <param name="inputScale">Scale of the input; its zero point does not matter.</param>
    /// <param name="beta">Factor of the exponent.</param>
    public Softmax8(float inputScale, float beta)
    {
        var scaling = SoftmaxScaling.For(beta, inputScale);
        int reach = Math.Min(scaling.Radius, Distances - 1);
        for (int distance = 0; distance <= reach; distance++)
        {
            _exponentials[distance] = FixedExp.Exp(FixedPoint.MultiplyGreaterThanOne(-distance, scaling.Factor));
            _addends[distance] = FixedPoint.DivideByPot(_exponentials[distance], FixedExp.SumIntegerBits);
        }
    }

    /// <summary>Rows of <paramref name="length"/> elements; input and output may be one span.</summary>
    /// <exception cref="ArgumentException">A row's sum of exponentials is beyond 4095, where the reference
    /// aborts.</exception>
    public void Run<TIn, TOut>(ReadOnlySpan<TIn> input, int length, Span<TOut> output)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        Lengths.MustMatch(input.Length, output.Length);
        var rows = new Rows<TIn, TOut>(this, input, length, output);
        Isa.Dispatch(ref rows);
    }

    [MethodImpl(Jit.Loop)]
    private int Sum<TIn>(ReadOnlySpan<TIn> row, int most) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        int sum = 0;
        foreach (TIn value in row) sum += _addends[most - int.CreateTruncating(value)];
        return sum;
    }

    [MethodImpl(Jit.Loop)]
    private void Gather<TIn>(ReadOnlySpan<TIn> values, int most, Span<int> exponentials) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        exponentials = exponentials[..values.Length];
        for (int i = 0; i < exponentials.Length; i++) exponentials[i] = _exponentials[most - int.CreateTruncating(values[i])];
    }

    private readonly ref struct Rows<TIn, TOut>(Softmax8 table, ReadOnlySpan<TIn> input, int length, Span<TOut> output) : ILanesAction
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        private readonly ReadOnlySpan<TIn> _input = input;
        private readonly Span<TOut> _output = output;

        [MethodImpl(Jit.Loop)]
        public void Invoke<TLanes, F, I>()
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            Span<int> exponentials = stackalloc int[BlockLength];
            int start = length is > 0 and <= ShortSoftmax8.LengthMax ? ShortSoftmax8.Run<TLanes, F, I, TIn, TOut>(_input, length, table._exponentials, _output) : 0;
            for (; start < _input.Length; start += length)
            {
                ReadOnlySpan<TIn> row = _input.Slice(start, length);
                int most = RowMaximum.Of(row);
                (int scale, int bitsOverUnit) = FixedExp.Reciprocal(table.Sum(row, most));
                int exponent = bitsOverUnit + 31 - (Unsafe.SizeOf<TOut>() * 8);
                if (exponent is < 0 or > 31) ThrowOverflow(length);
                for (int at = 0; at < length; at += BlockLength)
                {
                    int count = Math.Min(BlockLength, length - at);
                    table.Gather(row.Slice(at, count), most, exponentials);
                    Probabilities<TLanes, F, I>(exponentials, scale, exponent, _output.Slice(start + at, count));
                }
            }
        }

        [MethodImpl(Jit.Loop)]
        private static void Probabilities<TLanes, F, I>(ReadOnlySpan<int> exponentials, int scale, int exponent, Span<TOut> output)
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            ref int from = ref MemoryMarshal.GetReference(exponentials);
            ref TOut to = ref MemoryMarshal.GetReference(output);
            I factor = I.Splat(scale), least = I.Splat(int.CreateTruncating(TOut.MinValue));
            // In bounds: a block is a whole number of vectors, and no more elements are written than the output has.
            for (int i = 0; i < output.Length; i += I.Count)
            {
                I product = TLanes.MulHighRounded(I.Load(ref from, (nuint)i), factor);
                I result = FixedPointLanes<TLanes, F, I>.DivideByPot(product, exponent) + least;
                int count = output.Length - i;
                if (count >= I.Count) TLanes.StoreNarrow(result, ref to, (nuint)i);
                else PartialLanes<TLanes, F, I>.StoreNarrow(result, ref to, (nuint)i, count);
            }
        }
    }

    [DoesNotReturn]
    private static void ThrowOverflow(int length) => throw new ArgumentException(
        $"a quantised softmax row of {length} elements has a sum of exponentials above 4095, "
        + "which 12 integer bits cannot hold");
}
