namespace Graft.Kernels.Simd;

/// <summary>Float lanes as two vectors of double lanes, and back.</summary>
internal interface IHalves<F, D>
    where F : unmanaged, ISimd<F, float>
    where D : unmanaged, ISimd<D, double>
{
    /// <summary>The first half of the lanes; of a single lane, that.</summary>
    public static abstract D Lower(F v);

    /// <summary>The second half of the lanes; of a single lane, that again.</summary>
    public static abstract D Upper(F v);

    /// <summary>The lanes of both, each the nearest float, ties to even.</summary>
    public static abstract F Join(D lower, D upper);
}

/// <summary>Work on float lanes that goes through double lanes.</summary>
internal interface IHalvesAction
{
    public void Invoke<L, F, D>()
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double>;
}
