using Graft.Kernels.Elementwise;

namespace Graft.Kernels;

/// <summary>A floating point format narrower than float32, as arithmetic sees it: widened exactly, rounded to nearest even.</summary>
internal interface IFloatFormat<T> where T : unmanaged
{
    public static abstract float Widen(T value);

    public static abstract T Narrow(float value);

    /// <summary>The greatest finite value.</summary>
    public static abstract float Largest { get; }

    /// <summary>The same of spans of one length.</summary>
    public static abstract void Widen(ReadOnlySpan<T> input, Span<float> output);

    public static abstract void Narrow(ReadOnlySpan<float> input, Span<T> output);
}

/// <summary>A format of 16 bits: sign, exponent, mantissa, of which greater bits mean greater magnitudes.</summary>
internal interface IHalfFormat
{
    /// <summary>The bits of infinity, above which those of NaN lie.</summary>
    public static abstract short Infinity { get; }
}

internal readonly struct HalfFormat : IFloatFormat<Half>, IHalfFormat
{
    public static float Largest => 65504f;

    public static short Infinity => 0x7C00;

    public static float Widen(Half value) => (float)value;

    public static Half Narrow(float value) => (Half)value;

    public static void Widen(ReadOnlySpan<Half> input, Span<float> output) => HalfConvert.ToFloat(input, output);

    public static void Narrow(ReadOnlySpan<float> input, Span<Half> output) => HalfConvert.ToHalf(input, output);
}

internal readonly struct BFloat16Format : IFloatFormat<BFloat16>, IHalfFormat
{
    public static float Largest => BitConverter.Int32BitsToSingle(0x7F7F0000);

    public static short Infinity => 0x7F80;

    public static float Widen(BFloat16 value) => value;

    public static BFloat16 Narrow(float value) => (BFloat16)value;

    public static void Widen(ReadOnlySpan<BFloat16> input, Span<float> output) => BFloat16Convert.ToFloat(input, output);

    public static void Narrow(ReadOnlySpan<float> input, Span<BFloat16> output) => BFloat16Convert.ToBFloat16(input, output);
}
