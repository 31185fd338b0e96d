using System.Numerics;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// Conversions between element types, through int64 or double, both of which hold every source value exactly. Floats become integers by
/// cutting towards zero, saturated, NaN giving the greatest value; integers become narrower ones by dropping bits.
/// </summary>
internal static class Casts
{
    public static void Read<T>(ReadOnlySpan<T> input, Span<long> output) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < output.Length; i++) output[i] = long.CreateTruncating(input[i]);
    }

    public static void Read(ReadOnlySpan<float> input, Span<double> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] = input[i];
    }

    public static void ReadNarrow<TFormat, T>(ReadOnlySpan<T> input, Span<double> output)
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged
    {
        for (int i = 0; i < output.Length; i++) output[i] = TFormat.Widen(input[i]);
    }

    /// <summary>Real parts.</summary>
    public static void ReadReal(ReadOnlySpan<Complex64> input, Span<double> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] = input[i].Real;
    }

    public static void Write<T>(ReadOnlySpan<long> input, Span<T> output) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < input.Length; i++) output[i] = T.CreateTruncating(input[i]);
    }

    /// <summary>To integers.</summary>
    public static void Write<T>(ReadOnlySpan<double> input, Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int i = 0; i < input.Length; i++) output[i] = double.IsNaN(input[i]) ? T.MaxValue : T.CreateSaturating(input[i]);
    }

    public static void Write(ReadOnlySpan<double> input, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++) output[i] = (float)input[i];
    }

    /// <summary>To a narrower format: rounded to float32 first, as the reference does.</summary>
    public static void WriteNarrow<TFormat, TFrom, T>(ReadOnlySpan<TFrom> input, Span<T> output)
        where TFormat : struct, IFloatFormat<T>
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged
    {
        for (int i = 0; i < input.Length; i++) output[i] = TFormat.Narrow(float.CreateTruncating(input[i]));
    }

    public static void WriteBool<TFrom>(ReadOnlySpan<TFrom> input, Span<byte> output) where TFrom : unmanaged, INumber<TFrom>
    {
        for (int i = 0; i < input.Length; i++) output[i] = input[i] == TFrom.Zero ? (byte)0 : (byte)1;
    }

    /// <summary>To complex numbers without imaginary part.</summary>
    public static void WriteReal<TFrom>(ReadOnlySpan<TFrom> input, Span<Complex64> output) where TFrom : unmanaged, INumber<TFrom>
    {
        for (int i = 0; i < input.Length; i++) output[i] = new(float.CreateTruncating(input[i]), 0);
    }
}
