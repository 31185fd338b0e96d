using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>
    /// Symmetric: q = round(x * 127 / max|x|) in [-127, 127]. Asymmetric: [min(x, 0), max(x, 0)] onto [-128, 127] with a nudged zero
    /// point. Halves round away from zero. A row of zeros has scale 1 and zero point 0.
    /// </summary>
    public static (float Scale, int ZeroPoint) Row(ReadOnlySpan<float> input, Span<sbyte> output, bool asymmetric)
    {
        var (low, high) = Range(input);
        if (!asymmetric)
        {
            float range = Math.Max(Math.Abs(low), Math.Abs(high));
            if (range == 0) return Zeros(output);
            Scale(input, 127 / range, 0, -127, output);
            return (range / 127, 0);
        }
        float min = Math.Min(0, low), max = Math.Max(0, high);
        if (min == max) return Zeros(output);
        // The range is a float difference, as in the reference.
        double scale = (max - min) / 255.0;
        double fromMin = -128 - min / scale, fromMax = 127 - max / scale;
        double errorMin = 128 + Math.Abs(min / scale), errorMax = 127 + Math.Abs(max / scale);
        double exact = errorMin < errorMax ? fromMin : fromMax;
        int zeroPoint = exact <= -128 ? -128 : exact >= 127 ? 127 : (int)Math.Round(exact, MidpointRounding.AwayFromZero);
        Scale(input, 1 / (float)scale, zeroPoint, -128, output);
        return ((float)scale, zeroPoint);
    }

    private static (float Scale, int ZeroPoint) Zeros(Span<sbyte> output)
    {
        output.Clear();
        return (1, 0);
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> input)
    {
        if (input.IsEmpty) return (0, 0);
        return Isa.Current switch
        {
            VectorWidth.V512 => Range<V512<float>>(input),
            VectorWidth.V256 => Range<V256<float>>(input),
            VectorWidth.V128 => Range<V128<float>>(input),
            _ => Range<Scalar<float>>(input),
        };
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

    private static void Scale(ReadOnlySpan<float> input, float factor, int zeroPoint, int min, Span<sbyte> output)
    {
        output = output[..input.Length];
        int blocks = input.Length / BlockLength * BlockLength;
        int done = Isa.Current switch
        {
            VectorWidth.V512 => Blocks<Lanes512, V512<float>, V512<int>>(input[..blocks], factor, zeroPoint, min, output, 0),
            VectorWidth.V256 => Blocks<Lanes256, V256<float>, V256<int>>(input[..blocks], factor, zeroPoint, min, output, 0),
            VectorWidth.V128 => Blocks<Lanes128, V128<float>, V128<int>>(input[..blocks], factor, zeroPoint, min, output, 0),
            _ => 0,
        };
        Blocks<LanesScalar, Scalar<float>, Scalar<int>>(input[..blocks], factor, zeroPoint, min, output, done);
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
