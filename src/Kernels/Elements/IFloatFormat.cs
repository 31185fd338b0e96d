namespace Graft.Kernels;

/// <summary>A floating point format narrower than float32, as arithmetic sees it: widened exactly, rounded to nearest even.</summary>
internal interface IFloatFormat<T> where T : unmanaged
{
    public static abstract float Widen(T value);

    public static abstract T Narrow(float value);

    /// <summary>The greatest finite value.</summary>
    public static abstract float Largest { get; }
}

internal readonly struct HalfFormat : IFloatFormat<Half>
{
    public static float Widen(Half value) => (float)value;

    public static Half Narrow(float value) => (Half)value;

    public static float Largest => 65504f;
}

internal readonly struct BFloat16Format : IFloatFormat<BFloat16>
{
    public static float Widen(BFloat16 value) => value;

    public static BFloat16 Narrow(float value) => (BFloat16)value;

    public static float Largest => BitConverter.Int32BitsToSingle(0x7F7F0000);
}
