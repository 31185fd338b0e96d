namespace Graft.Kernels;

/// <summary>8-bit floats: 4 exponent bits and 3 of mantissa, bias 7, no infinities; the one NaN of each sign has all bits set.</summary>
internal readonly struct Float8E4M3Format : IFloatFormat<byte>
{
    public static float Largest => 448f;

    public static float Widen(byte value)
    {
        int exponent = value >> 3 & 0xF, mantissa = value & 7;
        float magnitude = (value & 0x7F) == 0x7F ? float.NaN
            : exponent == 0 ? mantissa * (1f / 512)
            : BitConverter.Int32BitsToSingle((exponent + 120) << 23 | mantissa << 20);
        return value < 0x80 ? magnitude : -magnitude;
    }

    /// <summary>Beyond the greatest value, and for infinities, the result is NaN.</summary>
    public static byte Narrow(float value)
    {
        int sign = float.IsNegative(value) ? 0x80 : 0;
        float magnitude = MathF.Abs(value);
        // 464 lies halfway between 448 and the next step, and the tie would go up.
        if (!(magnitude <= 464f)) return (byte)(sign | 0x7F);
        return (byte)(sign | Float8Bits.Round(magnitude, 3, 7));
    }

    public static void Widen(ReadOnlySpan<byte> input, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] = Widen(input[i]);
    }

    public static void Narrow(ReadOnlySpan<float> input, Span<byte> output)
    {
        for (int i = 0; i < input.Length; i++) output[i] = Narrow(input[i]);
    }
}

/// <summary>8-bit floats: 5 exponent bits and 2 of mantissa, bias 15: the upper half of a float16.</summary>
internal readonly struct Float8E5M2Format : IFloatFormat<byte>
{
    public static float Largest => 57344f;

    public static float Widen(byte value) => (float)BitConverter.UInt16BitsToHalf((ushort)(value << 8));

    public static byte Narrow(float value)
    {
        int sign = float.IsNegative(value) ? 0x80 : 0;
        if (float.IsNaN(value)) return (byte)(sign | 0x7E);
        float magnitude = MathF.Abs(value);
        // 61440 lies halfway between 57344 and the next step, and the tie goes up, to infinity.
        return (byte)(sign | (magnitude >= 61440f ? 0x7C : Float8Bits.Round(magnitude, 2, 15)));
    }

    public static void Widen(ReadOnlySpan<byte> input, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] = Widen(input[i]);
    }

    public static void Narrow(ReadOnlySpan<float> input, Span<byte> output)
    {
        for (int i = 0; i < input.Length; i++) output[i] = Narrow(input[i]);
    }
}

/// <summary>Rounding to the 8-bit formats.</summary>
internal static class Float8Bits
{
    /// <summary>Bits of the nearest value of a format, ties to even; the magnitude is within its range.</summary>
    public static int Round(float magnitude, int mantissaBits, int bias)
    {
        int exponent = Math.Max((BitConverter.SingleToInt32Bits(magnitude) >> 23) - 127, 1 - bias);
        // In units of the last place the value is a whole number after rounding; one more carries into the exponent.
        int units = (int)MathF.Round(MathF.ScaleB(magnitude, mantissaBits - exponent), MidpointRounding.ToEven);
        return ((exponent + bias - 1) << mantissaBits) + units;
    }
}
