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

    /// <summary>The greatest number below one half: added and cut, it rounds halves away from zero and nothing else.</summary>
    private const double BelowHalf = 0.49999999999999994;

    /// <summary>
    /// Symmetric: q = round(x * 127 / max|x|) in [-127, 127]. Asymmetric: [min(x, 0), max(x, 0)] onto [-128, 127] with a nudged zero
    /// point. Halves round away from zero. A row of zeros has scale 1 and zero point 0.
    /// </summary>
    public static (float Scale, int ZeroPoint) Row(ReadOnlySpan<float> input, Span<sbyte> output, bool asymmetric)
    {
        float scale = 0;
        int zeroPoint = 0;
        Rows(input, input.Length, output, asymmetric, new(ref scale), new(ref zeroPoint));
        return (scale, zeroPoint);
    }

    /// <summary>One row of <paramref name="length"/> elements for each of <paramref name="scales"/>.</summary>
    public static void Rows(ReadOnlySpan<float> input, int length, Span<sbyte> output, bool asymmetric, Span<float> scales, Span<int> zeroPoints)
    {
        Lengths.MustReach((long)scales.Length * length, Math.Min(input.Length, output.Length));
        Lengths.MustMatch(zeroPoints.Length, scales.Length);
        var action = new Action { Input = input, Length = length, Output = output, Asymmetric = asymmetric, Scales = scales, ZeroPoints = zeroPoints };
        Isa.Dispatch(ref action);
    }

    /// <summary>Scale and zero point of a row, and what its elements are multiplied by; no factor for a row of zeros.</summary>
    private static (float Scale, int ZeroPoint, float? Factor) Numbers(float low, float high, bool asymmetric)
    {
        if (!asymmetric)
        {
            float range = Math.Max(Math.Abs(low), Math.Abs(high));
            return range == 0 ? (1, 0, null) : (range / 127, 0, 127 / range);
        }
        float min = Math.Min(0, low), max = Math.Max(0, high);
        if (min == max) return (1, 0, null);
        // The range is a float difference, as in the reference.
        double scale = (max - min) / 255.0;
        double fromMin = -128 - min / scale, fromMax = 127 - max / scale;
        double errorMin = 128 + Math.Abs(min / scale), errorMax = 127 + Math.Abs(max / scale);
        double exact = errorMin < errorMax ? fromMin : fromMax;
        int zeroPoint = exact <= -128 ? -128 : exact >= 127 ? 127 : (int)(exact + Math.CopySign(BelowHalf, exact));
        return ((float)scale, zeroPoint, 1 / (float)scale);
    }

    private ref struct Action : ILanesAction
    {
        public required ReadOnlySpan<float> Input { get; init; }
        public required int Length { get; init; }
        public required Span<sbyte> Output { get; init; }
        public required bool Asymmetric { get; init; }
        public required Span<float> Scales { get; init; }
        public required Span<int> ZeroPoints { get; init; }

        public readonly void Invoke<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            for (int r = 0; r < Scales.Length; r++)
            {
                var row = Input.Slice(r * Length, Length);
                var to = Output.Slice(r * Length, Length);
                var (low, high) = row.IsEmpty ? (0, 0) : Range<F>(row);
                (Scales[r], ZeroPoints[r], var factor) = Numbers(low, high, Asymmetric);
                if (factor is null) to.Clear();
                else Scale<L, F, I>(row, factor.Value, ZeroPoints[r], Asymmetric ? -128 : -127, to);
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

    private static void Scale<L, F, I>(ReadOnlySpan<float> input, float factor, int zeroPoint, int min, Span<sbyte> output)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        int blocks = input.Length / BlockLength * BlockLength;
        int done = Blocks<L, F, I>(input[..blocks], factor, zeroPoint, min, output, 0);
        if (done < blocks) Blocks<LanesScalar, Scalar<float>, Scalar<int>>(input[..blocks], factor, zeroPoint, min, output, done);
        for (int i = blocks; i < input.Length; i++)
        {
            float rounded = MathF.Round(input[i] * factor, MidpointRounding.AwayFromZero) + zeroPoint;
            output[i] = (sbyte)(rounded > min ? Math.Min(rounded, 127) : min);
        }
    }

    // In bounds: whole vectors that fit; output is as long as input.
    [MethodImpl(Jit.Loop)]
    private static int Blocks<L, F, I>(ReadOnlySpan<float> input, float factor, int zeroPoint, int min, Span<sbyte> output, int begin)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        ref readonly float source = ref MemoryMarshal.GetReference(input);
        ref sbyte target = ref MemoryMarshal.GetReference(output);
        F scale = F.Splat(factor), half = F.Splat(0.5f), minusHalf = F.Splat(-0.5f), none = F.Splat(0), bound = F.Splat(1 << 20);
        I zero = I.Splat(zeroPoint), low = I.Splat(min), high = I.Splat(127);
        int i = begin;
        for (; i + F.Count <= input.Length; i += F.Count)
        {
            F x = F.Load(in source, (nuint)i) * scale;
            F rounded = x + F.Select(F.Less(x, none), minusHalf, half);
            // Far outside the result's range, but inside that of int; a NaN becomes the lower bound, for Max returns its second operand.
            I whole = L.ToInt(F.Min(F.Max(rounded, -bound), bound)) + zero;
            L.StoreNarrow(I.Min(I.Max(whole, low), high), ref target, (nuint)i);
        }
        return i;
    }
}
