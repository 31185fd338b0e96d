using System.Numerics;

namespace Graft.Kernels.Conv;

/// <summary>
/// The outputs of a transposed convolution that see the same taps: together they are an ordinary matrix product, with a row for each output
/// and a column for each output channel.
/// </summary>
internal sealed class TransposedPhase(TransposedGeometry geometry, int depth, int height, int width)
{
    private readonly int[] _depthTaps = geometry.Depth.Taps(depth);
    private readonly int[] _heightTaps = geometry.Height.Taps(height);
    private readonly int[] _widthTaps = geometry.Width.Taps(width);
    private readonly int _depthCount = geometry.Depth.Positions(depth);
    private readonly int _heightCount = geometry.Height.Positions(height);
    private readonly int _widthCount = geometry.Width.Positions(width);

    /// <summary>Factors of one output; at least one, a zero, when no tap is seen.</summary>
    public int K => Math.Max(Taps * geometry.InputChannels, 1);

    public int Rows => geometry.Batch * _depthCount * _heightCount * _widthCount;

    /// <summary>Rows along the width of the phase, over all images.</summary>
    public int Lines => geometry.Batch * _depthCount * _heightCount;

    /// <summary>Outputs of a line.</summary>
    public int Columns => _widthCount;

    /// <summary>Whether any tap is seen.</summary>
    public bool HasTaps => Taps > 0;

    /// <summary>Where the taps of the first output lie in the padded input: runs of equal length, in the order of the weights.</summary>
    public (int[] Segments, int Length) Segments(PaddedVolume volume) => volume.Taps(Offsets(geometry.Depth, volume.Depth, depth, _depthTaps),
        Offsets(geometry.Height, volume.Height, height, _heightTaps), Offsets(geometry.Width, volume.Width, width, _widthTaps));

    /// <summary>Where a line begins: in the padded input, and its first output pixel.</summary>
    public (int Input, int Pixel) Line(PaddedVolume volume, int line)
    {
        int y = line % _heightCount, d = line / _heightCount % _depthCount, image = line / _heightCount / _depthCount;
        return (volume.Offset(image, d, y, 0), Pixel(line * _widthCount));
    }

    private static int[] Offsets(TransposedAxis axis, PaddedAxis padded, int phase, int[] taps) => [.. taps.Select(tap => axis.Source(phase, tap) + padded.Before)];

    private int Taps => _depthTaps.Length * _heightTaps.Length * _widthTaps.Length;

    /// <summary>The output pixel of a row, counted over all images.</summary>
    public int Pixel(int row)
    {
        var (image, d, y, x) = Position(row);
        return ((image * geometry.Depth.Output + d) * geometry.Height.Output + y) * geometry.Width.Output + x;
    }

    public int Image(int row) => row / (_depthCount * _heightCount * _widthCount);

    /// <summary>The weights of this phase as rows (output channel, K).</summary>
    public void GatherWeights<T>(ReadOnlySpan<T> weights, Span<T> rows) where T : unmanaged
    {
        rows.Clear();
        int at = 0, n = geometry.InputChannels;
        for (int channel = 0; channel < geometry.OutputChannels; channel++)
        {
            int start = at;
            foreach (int d in _depthTaps)
            {
                foreach (int y in _heightTaps)
                {
                    foreach (int x in _widthTaps)
                    {
                        int tap = (d * geometry.Height.Filter + y) * geometry.Width.Filter + x;
                        weights.Slice(channel * geometry.ChannelStride + tap * geometry.TapStride, n).CopyTo(rows[at..]);
                        at += n;
                    }
                }
            }
            at = start + K;
        }
    }

    /// <summary>
    /// The inputs that row sees, without their zero point, in the order of the weights; zeros where it looks beyond the image and up to the
    /// end of <paramref name="target"/>.
    /// </summary>
    public void GatherInput<TIn, TOut>(ReadOnlySpan<TIn> input, int row, TIn zeroPoint, Span<TOut> target)
        where TIn : unmanaged, INumber<TIn>
        where TOut : unmanaged, INumber<TOut>
    {
        var (image, d, y, x) = Position(row);
        int at = 0, n = geometry.InputChannels;
        foreach (int dTap in _depthTaps)
        {
            foreach (int yTap in _heightTaps)
            {
                bool inside = geometry.Depth.Sees(d, dTap) && geometry.Height.Sees(y, yTap);
                int line = inside ? ((image * geometry.Depth.Input + geometry.Depth.Source(d, dTap)) * geometry.Height.Input
                    + geometry.Height.Source(y, yTap)) * geometry.Width.Input : 0;
                foreach (int xTap in _widthTaps)
                {
                    var run = target.Slice(at, n);
                    at += n;
                    if (inside && geometry.Width.Sees(x, xTap)) Widen.Subtract(input.Slice((line + geometry.Width.Source(x, xTap)) * n, n), zeroPoint, run);
                    else run.Clear();
                }
            }
        }
        target[at..].Clear();
    }

    private (int Image, int Depth, int Height, int Width) Position(int row)
    {
        int x = row % _widthCount, rest = row / _widthCount;
        int y = rest % _heightCount;
        rest /= _heightCount;
        return (rest / _depthCount, depth + rest % _depthCount * geometry.Depth.Stride, height + y * geometry.Height.Stride, width + x * geometry.Width.Stride);
    }
}
