namespace Graft.Properties.Plans;

/// <summary>How scales and zero points are drawn.</summary>
internal static class Quants
{
    public static bool Takes(DType type) => type is DType.Int8 or DType.UInt8 or DType.Int16;

    /// <summary>Any scale and zero point for 8-bit types, any scale for 16 bits; none for others.</summary>
    public static Quant? Free(this Sketch s, DType type)
    {
        if (!Takes(type)) return null;
        float scale = Scale(s.Draw);
        return new(scale, ZeroPoint(s.Draw, type));
    }

    /// <summary>One for all operands of an operator that moves data: none, or any.</summary>
    public static Quant? Shared(this Sketch s, DType type) => Takes(type) && s.Draw.Bool() ? s.Free(type) : null;

    /// <summary>The quantisation that an operator prescribes for its output.</summary>
    public static Quant? Fixed(DType type, int power, int zeroPoint8) => type switch
    {
        DType.Int8 => new(MathF.ScaleB(1, -power), zeroPoint8),
        DType.UInt8 => new(MathF.ScaleB(1, -power), zeroPoint8 + 128),
        DType.Int16 => new(1 / 32768f, 0),
        _ => null,
    };

    /// <summary>Scales of weights: one, or one for each slice along an axis.</summary>
    public static Quant Weights(this Sketch s, DType type, int[] shape, int axis)
    {
        bool perChannel = type != DType.UInt8 && s.Draw.Bool();
        var scales = new float[perChannel ? shape[axis] : 1];
        for (int i = 0; i < scales.Length; i++) scales[i] = Scale(s.Draw);
        return new(scales, type == DType.UInt8 ? s.Draw.Of(128, 0, 255, 100) : 0, axis);
    }

    /// <summary>A bias has the scale of the products that it joins.</summary>
    public static Quant? Bias(DType type, Quant? data, Quant? weights) => type.IsFloat() || data is null || weights is null ? null
        : new([.. weights.Scales.Select(w => w * data.Scales[0])], 0);

    /// <summary>An output of sums of so many products, that uses a good part of its range; now and then too little or too much.</summary>
    public static Quant? Sums(this Sketch s, DType type, Quant? data, Quant? weights, int terms)
    {
        if (!Takes(type) || data is null || weights is null) return s.Free(type);
        float spread = data.Scales[0] * weights.Scales.Max() * MathF.Sqrt(terms) * (type == DType.Int16 ? 100 : 60);
        return new(spread * s.Draw.Of(1f, 0.37f, 0.02f, 9f), ZeroPoint(s.Draw, type));
    }

    private static long ZeroPoint(Draw draw, DType type) => type switch
    {
        DType.Int8 => draw.Of(0, -128, 127, 3, -41),
        DType.UInt8 => draw.Of(128, 0, 255, 127, 50),
        _ => 0,
    };

    private static float Scale(Draw draw) =>
        draw.Of(0.5f, 0.25f, 0.1f, 1 / 128f, 1 / 255f, 0.0235f) * (draw.Bool() ? 1 : 1 + (draw.Int(0, 1000) / 1001f));
}
