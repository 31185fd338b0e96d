namespace Graft.Kernels.Simd;

/// <summary>The type of the left factors of an integer product: those that are activations.</summary>
internal enum LeftFactors
{
    /// <summary>16 bits, without the zero point.</summary>
    Int16,

    /// <summary>Bytes with the zero point in them; signed ones with their top bit flipped.</summary>
    UInt8,

    /// <summary>Signed bytes with the zero point in them; unsigned ones with their top bit flipped.</summary>
    Int8,
}

/// <summary>
/// Sums of products in 32-bit lanes. A word of 32 bits holds neighbouring left factors; a vector of words as many right factors for each of
/// its columns. Exact modulo 2^32.
/// </summary>
internal interface IDot<I> where I : unmanaged, ISimd<I, int>
{
    /// <summary>Types of left and right factors and sums, and what multiplies them.</summary>
    public static abstract string Name { get; }

    /// <summary>True if the CPU multiplies so in one instruction or two; without it, software gives the same sums.</summary>
    public static abstract bool IsSupported { get; }

    public static abstract LeftFactors Left { get; }

    /// <summary>Bytes that the right factors of one word take in memory.</summary>
    public static abstract int WordBytes { get; }

    /// <summary>Reads the right factors of a vector of columns.</summary>
    public static abstract I Load(ref readonly byte origin, nuint offset);

    /// <summary>Adds to each lane the products of the word's factors.</summary>
    public static abstract I MulAdd(I sum, I left, I right);
}
