namespace Graft.Kernels.Conv;

/// <summary>One axis of a volume with zeros before and behind its data: <c>Length</c> elements, of which <c>Input</c> from <c>Before</c> on are data.</summary>
internal readonly record struct PaddedAxis(int Input, int Before, int Length)
{
    public bool IsPadded => Length != Input;
}

/// <summary>
/// A volume (batch, depth, height, width, channels) with zeros around it, as far as the taps of a convolution reach: so that all outputs see
/// the same taps.
/// </summary>
internal sealed record PaddedVolume(int Batch, int Channels, PaddedAxis Depth, PaddedAxis Height, PaddedAxis Width)
{
    /// <summary>More zeros than so many times the data, and this many elements, are not worth their memory.</summary>
    private const int ExcessMax = 4, ExcessFree = 1 << 20;

    /// <summary>False where the data themselves will do.</summary>
    public bool IsCopied => Depth.IsPadded || Height.IsPadded || Width.IsPadded;

    /// <summary>Elements; <see cref="IsReasonable"/> bounds them.</summary>
    public long Length => (long)Int128.Min((Int128)Lines * Width.Length * Channels, long.MaxValue);

    public bool IsReasonable => Length <= Math.Min(int.MaxValue / sizeof(float), ExcessMax * (long)Batch * Depth.Input * Height.Input * Width.Input * Channels + ExcessFree);

    /// <summary>Rows along the width.</summary>
    public long Lines => (long)Int128.Min((Int128)Batch * Depth.Length * Height.Length, long.MaxValue);

    /// <summary>Elements from one row to the next, and from one plane to the next.</summary>
    public int Pitch => Width.Length * Channels;

    public int Plane => Height.Length * Pitch;

    /// <summary>Where a position with its margins is.</summary>
    public int Offset(int image, int depth, int height, int width) => (image * Depth.Length + depth) * Plane + height * Pitch + width * Channels;

    /// <summary>Lines [begin, end) of the padded volume.</summary>
    public void Copy<TBand>(int begin, int end, TBand band) where TBand : struct, IBand, allows ref struct
    {
        int before = Width.Before * Channels, length = Width.Input * Channels;
        for (int line = begin, at = begin * Pitch; line < end; line++, at += Pitch)
        {
            int plane = line / Height.Length, y = line % Height.Length - Height.Before, d = plane % Depth.Length - Depth.Before, image = plane / Depth.Length;
            if ((uint)y >= (uint)Height.Input || (uint)d >= (uint)Depth.Input)
            {
                band.Zeros(at, Pitch);
                continue;
            }
            band.Zeros(at, before);
            band.Values(((image * Depth.Input + d) * Height.Input + y) * length, length, at + before);
            band.Zeros(at + before + length, Pitch - before - length);
        }
    }

    /// <summary>Taps as runs of equal length: one for each, or all along the width together where they are neighbours.</summary>
    /// <param name="depths">Offsets along the depth.</param>
    /// <param name="heights">Offsets along the height.</param>
    /// <param name="widths">Offsets along the width.</param>
    public (int[] Segments, int Length) Taps(int[] depths, int[] heights, int[] widths)
    {
        bool joined = Enumerable.Range(1, Math.Max(widths.Length - 1, 0)).All(i => widths[i] == widths[i - 1] + 1);
        int[] runs = joined ? widths[..Math.Min(widths.Length, 1)] : widths;
        return ([.. from d in depths from y in heights from x in runs select Offset(0, d, y, x)], joined ? widths.Length * Channels : Channels);
    }
}
