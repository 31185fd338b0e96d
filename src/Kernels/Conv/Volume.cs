using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Conv;

/// <summary>One axis of a 3-D convolution: output i sees inputs i * stride - pad + tap * dilation.</summary>
internal readonly record struct VolumeAxis(int Input, int Output, int Filter, int Stride, int Dilation, int Pad)
{
    /// <summary>An axis of length 1, for data that has fewer.</summary>
    public static VolumeAxis Single => new(1, 1, 1, 1, 1, 0);

    public int Source(int output, int tap) => output * Stride - Pad + tap * Dilation;

    /// <summary>The inputs with room for all that outputs see.</summary>
    public PaddedAxis Padded => new(Input, Pad, (int)Math.Clamp((Output - 1L) * Stride + (Filter - 1L) * Dilation + 1, (long)Pad + Input, int.MaxValue));

    /// <summary>Where each tap is, counted from the first.</summary>
    public int[] Taps()
    {
        int step = Dilation;
        return [.. Enumerable.Range(0, Filter).Select(tap => tap * step)];
    }

    /// <summary>The inputs that output i sees, without dilation: the first within the image, and how many.</summary>
    public (int First, int Count) Clip(int output)
    {
        int start = output * Stride - Pad, first = Math.Max(start, 0);
        return (first, (int)Math.Min((long)start + Filter, Input) - first);
    }
}

/// <summary>Sizes of a 3-D convolution or pooling: input (batch, depth, height, width, in), filter (depth, height, width, in, out).</summary>
internal sealed record VolumeGeometry
{
    public required int Batch { get; init; }
    public required int InputChannels { get; init; }
    public required int OutputChannels { get; init; }
    public required VolumeAxis Depth { get; init; }
    public required VolumeAxis Height { get; init; }
    public required VolumeAxis Width { get; init; }

    /// <summary>The input with its margins.</summary>
    public PaddedVolume Padded => new(Batch, InputChannels, Depth.Padded, Height.Padded, Width.Padded);

    /// <summary>Rows of output positions along the width, over all images.</summary>
    public int Lines => Batch * Depth.Output * Height.Output;

    /// <summary>Factors of one output element.</summary>
    public int K => Depth.Filter * Height.Filter * Width.Filter * InputChannels;

    /// <summary>Output positions over all images: rows of the matrix product.</summary>
    public int Rows => Batch * Depth.Output * Height.Output * Width.Output;

    /// <summary>The depth, height and image of a line of output positions.</summary>
    public (int Image, int Depth, int Height) Line(int line)
    {
        (line, int y) = Math.DivRem(line, Height.Output);
        (int image, int d) = Math.DivRem(line, Depth.Output);
        return (image, d, y);
    }

    /// <summary>The inputs under output position <paramref name="row"/>, K of them; zeros outside the image.</summary>
    public void Gather(ReadOnlySpan<float> input, int row, Span<float> target)
    {
        Lengths.MustReach(K, target.Length);
        int x = row % Width.Output, rest = row / Width.Output, y = rest % Height.Output;
        rest /= Height.Output;
        int d = rest % Depth.Output, image = rest / Depth.Output, at = 0, n = InputChannels;
        for (int fd = 0; fd < Depth.Filter; fd++)
        {
            int id = Depth.Source(d, fd);
            for (int fy = 0; fy < Height.Filter; fy++)
            {
                int iy = Height.Source(y, fy);
                bool inside = (uint)id < (uint)Depth.Input && (uint)iy < (uint)Height.Input;
                for (int fx = 0; fx < Width.Filter; fx++, at += n)
                {
                    int ix = Width.Source(x, fx);
                    var run = target.Slice(at, n);
                    if (!inside || (uint)ix >= (uint)Width.Input) run.Clear();
                    else input.Slice((((image * Depth.Input + id) * Height.Input + iy) * Width.Input + ix) * n, n).CopyTo(run);
                }
            }
        }
    }
}
