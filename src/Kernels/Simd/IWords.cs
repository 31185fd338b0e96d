namespace Graft.Kernels.Simd;

/// <summary>32-bit integer lanes as two vectors of double lanes, exactly, and back.</summary>
internal interface IWords<I, D>
    where I : unmanaged, ISimd<I, int>
    where D : unmanaged, ISimd<D, double>
{
    /// <summary>The first half of the lanes; of a single lane, that.</summary>
    public static abstract D Lower(I v);

    /// <summary>The second half of the lanes; of a single lane, that again.</summary>
    public static abstract D Upper(I v);

    /// <summary>The lanes of both, which are whole and of less than 2^51, modulo 2^32.</summary>
    public static abstract I JoinWhole(D lower, D upper);

    /// <summary>Writes the lanes, whose bits are those of <typeparamref name="T"/> (int, uint), extended to 64 bits.</summary>
    public static abstract void StoreLongs<T>(I v, ref long origin, nuint offset) where T : unmanaged;
}
