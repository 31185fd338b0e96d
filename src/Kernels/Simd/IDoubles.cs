namespace Graft.Kernels.Simd;

/// <summary>Double lanes that hold floats: arithmetic of one operation, rounded, has the bits of float arithmetic.</summary>
internal interface IDoubles<D> where D : unmanaged, ISimd<D, double>
{
    /// <summary>Reads as many floats as there are lanes; unaligned, not checked.</summary>
    public static abstract D LoadFloats(ref readonly float origin, nuint offset);

    /// <summary>Writes the lanes as floats, each the nearest, ties to even.</summary>
    public static abstract void StoreFloats(D v, ref float origin, nuint offset);

    /// <summary>The nearest float of each lane, ties to even.</summary>
    public static abstract D ToFloats(D v);
}

/// <summary>Work on double lanes that hold floats.</summary>
internal interface IDoublesAction
{
    public void Invoke<L, D>()
        where L : unmanaged, IDoubles<D>
        where D : unmanaged, ISimd<D, double>;
}
