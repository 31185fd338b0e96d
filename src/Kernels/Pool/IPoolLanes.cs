namespace Graft.Kernels.Pool;

/// <summary>How a group of neighbouring channels is folded over a window: <typeparamref name="A"/> accumulates <see cref="Count"/> of them.</summary>
internal interface IPoolLanes<T, A>
    where T : unmanaged
    where A : unmanaged
{
    public static abstract int Count { get; }

    public static abstract A Start { get; }

    /// <summary>Adds the channels at <paramref name="offset"/>; the caller answers for the bounds.</summary>
    public static abstract A Fold(A sum, ref readonly T origin, nuint offset);

    /// <summary>Writes the result of a window of <paramref name="elements"/> elements, clamped; the caller answers for the bounds.</summary>
    public static abstract void Store(A sum, int elements, T min, T max, ref T origin, nuint offset);
}

/// <summary>A kind of pooling, for lines of output positions along the width.</summary>
internal interface IPool<T> where T : unmanaged
{
    /// <summary>
    /// Lines [begin, end) of the output, counted over all images. The geometry has as many output as input channels; no window lies wholly
    /// outside the image.
    /// </summary>
    public static abstract void Lines(Conv.VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end);
}
