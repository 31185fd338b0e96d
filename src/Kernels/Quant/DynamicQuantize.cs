using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>Quantises a row of floats to int8 with a scale chosen from the row: the activations of dynamic-range models.</summary>
internal static class DynamicQuantize
{
    /// <summary>
    /// The reference rounds in blocks of this many elements by adding one half away from zero and cutting; the elements behind the last
    /// whole block are rounded exactly. They differ just below one half, where the sum is rounded to 1.
    /// </summary>
    private const int BlockLength = 8;

    /// <summary>Rows whose scales are calculated together.</summary>
    private const int ChunkRows = 32;

    /// <summary>
    /// Symmetric: q = round(x * 127 / max|x|) in [-127, 127]. Asymmetric: [min(x, 0), max(x, 0)] onto [-128, 127] with a nudged zero
    /// point. Halves round away from zero. A row of zeros has scale 1 and zero point 0.
    /// </summary>
    public static (float Scale, int ZeroPoint) Row(ReadOnlySpan<float> input, Span<sbyte> output, bool asymmetric)
    {
        float scale = 0;
        int zeroPoint = 0;
        Rows(input, input.Length, MemoryMarshal.AsBytes(output), LeftFactors.Int8, asymmetric, new(ref scale), new(ref zeroPoint));
        return (scale, zeroPoint);
    }

    /// <summary>One row of <paramref name="length"/> elements for each of <paramref name="scales"/>, as left factors of integer products.</summary>
    public static void Rows(ReadOnlySpan<float> input, int length, Span<byte> output, LeftFactors kind, bool asymmetric, Span<float> scales, Span<int> zeroPoints)
    {
        Lengths.MustReach((long)scales.Length * length, input.Length);
        Lengths.MustReach((long)scales.Length * length * (kind == LeftFactors.Int16 ? sizeof(short) : 1), output.Length);
        Lengths.MustMatch(zeroPoints.Length, scales.Length);
        var action = new Action { Input = input, Length = length, Output = output, Kind = kind, Asymmetric = asymmetric, Scales = scales, ZeroPoints = zeroPoints };
        Isa.Dispatch(ref action);
    }

    private ref struct Action : ILanesAction
    {
        public required ReadOnlySpan<float> Input { get; init; }
        public required int Length { get; init; }
        public required Span<byte> Output { get; init; }
        public required LeftFactors Kind { get; init; }
        public required bool Asymmetric { get; init; }
        public required Span<float> Scales { get; init; }
        public required Span<int> ZeroPoints { get; init; }

        [SkipLocalsInit]
        public readonly void Invoke<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            Span<float> numbers = stackalloc float[4 * ChunkRows];
            for (int first = 0; first < Scales.Length; first += ChunkRows)
            {
                int count = Math.Min(ChunkRows, Scales.Length - first);
                Span<float> low = numbers[..count], high = numbers.Slice(ChunkRows, count), factors = numbers.Slice(2 * ChunkRows, count), zeros = numbers.Slice(3 * ChunkRows, count);
                for (int r = 0; r < count; r++) (low[r], high[r]) = Length == 0 ? (0, 0) : Range<F>(Input.Slice((first + r) * Length, Length));
                DynamicScales.Run(low, high, Asymmetric, Scales.Slice(first, count), zeros, factors);
                for (int r = 0; r < count; r++)
                {
                    int at = (first + r) * Length, zeroPoint = (int)zeros[r], min = Asymmetric ? -128 : -127;
                    ZeroPoints[first + r] = zeroPoint;
                    var row = Input.Slice(at, Length);
                    if (low[r] == 0 && high[r] == 0)
                    {
                        int bytes = Kind == LeftFactors.Int16 ? sizeof(short) : 1;
                        Output.Slice(at * bytes, Length * bytes).Fill(Kind == LeftFactors.UInt8 ? (byte)128 : (byte)0);
                        continue;
                    }
                    if (Kind == LeftFactors.Int16) Scale<L, F, I, short>(row, factors[r], zeroPoint, min, -zeroPoint, MemoryMarshal.Cast<byte, short>(Output).Slice(at, Length));
                    else if (Kind == LeftFactors.Int8) Scale<L, F, I, sbyte>(row, factors[r], zeroPoint, min, 0, MemoryMarshal.Cast<byte, sbyte>(Output).Slice(at, Length));
                    else Scale<L, F, I, byte>(row, factors[r], zeroPoint, min, 128, Output.Slice(at, Length));
                }
            }
        }
    }

    // In bounds: whole vectors that fit, then single elements.
    [MethodImpl(Jit.Loop)]
    private static (float Low, float High) Range<V>(ReadOnlySpan<float> input) where V : unmanaged, ISimd<V, float>
    {
        V low = V.Splat(input[0]), high = low;
        int i = 0;
        ref readonly float start = ref MemoryMarshal.GetReference(input);
        for (; i + V.Count <= input.Length; i += V.Count)
        {
            V x = V.Load(in start, (nuint)i);
            low = V.Min(x, low);
            high = V.Max(x, high);
        }
        float min = V.ReduceMin(low), max = V.ReduceMax(high);
        for (; i < input.Length; i++)
        {
            min = input[i] < min ? input[i] : min;
            max = input[i] > max ? input[i] : max;
        }
        return (min, max);
    }

    /// <summary>Elements as quantised numbers, in [min, 127], plus an offset.</summary>
    private static void Scale<L, F, I, TOut>(ReadOnlySpan<float> input, float factor, int zeroPoint, int min, int offset, Span<TOut> output)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int blocks = input.Length / BlockLength * BlockLength;
        int done = Blocks<L, F, I, TOut>(input[..blocks], factor, zeroPoint, min, offset, output, 0);
        if (done < blocks) Blocks<LanesScalar, Scalar<float>, Scalar<int>, TOut>(input[..blocks], factor, zeroPoint, min, offset, output, done);
        for (int i = blocks; i < input.Length; i++)
        {
            float rounded = MathF.Round(input[i] * factor, MidpointRounding.AwayFromZero) + zeroPoint;
            output[i] = TOut.CreateTruncating((int)(rounded > min ? Math.Min(rounded, 127) : min) + offset);
        }
    }

    // In bounds: whole vectors that fit; output is as long as input.
    [MethodImpl(Jit.Loop)]
    private static int Blocks<L, F, I, TOut>(ReadOnlySpan<float> input, float factor, int zeroPoint, int min, int offset, Span<TOut> output, int begin)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        ref readonly float source = ref MemoryMarshal.GetReference(input);
        ref TOut target = ref MemoryMarshal.GetReference(output);
        F scale = F.Splat(factor), half = F.Splat(0.5f), minusHalf = F.Splat(-0.5f), none = F.Splat(0), bound = F.Splat(1 << 20);
        I zero = I.Splat(zeroPoint), low = I.Splat(min), high = I.Splat(127), more = I.Splat(offset);
        int i = begin;
        for (; i + F.Count <= input.Length; i += F.Count)
        {
            F x = F.Load(in source, (nuint)i) * scale;
            F rounded = x + F.Select(F.Less(x, none), minusHalf, half);
            // Far outside the result's range, but inside that of int; a NaN becomes the lower bound, for Max returns its second operand.
            I whole = L.ToInt(F.Min(F.Max(rounded, -bound), bound)) + zero;
            L.StoreNarrow(I.Min(I.Max(whole, low), high) + more, ref target, (nuint)i);
        }
        return i;
    }
}
