namespace Graft.Kernels.Conv;

/// <summary>
/// One axis of a transposed convolution: input element i adds to outputs i * stride - pad + tap * dilation. Outputs whose positions have the
/// same remainder modulo the stride, a phase, see the same taps.
/// </summary>
internal readonly record struct TransposedAxis(int Input, int Output, int Filter, int Stride, int Dilation, int Pad)
{
    /// <summary>An axis of one element, for the third dimension of a 2-D convolution.</summary>
    public static TransposedAxis Single => new(1, 1, 1, 1, 1, 0);

    /// <summary>Phases that have outputs.</summary>
    public int Phases => Math.Min(Stride, Output);

    /// <summary>Outputs of a phase: phase, phase + stride, ...</summary>
    public int Positions(int phase) => (Output - phase + Stride - 1) / Stride;

    /// <summary>The taps that the outputs of a phase see, last first: their inputs ascend, which is the order in which the reference adds.</summary>
    public int[] Taps(int phase)
    {
        var axis = this;
        return [.. Enumerable.Range(0, Filter).Reverse().Where(tap => (phase + axis.Pad - (long)tap * axis.Dilation) % axis.Stride == 0)];
    }

    /// <summary>The inputs with room for all that outputs see.</summary>
    public PaddedAxis Padded()
    {
        long first = 0, last = Input - 1;
        for (int phase = 0; phase < Phases; phase++)
        {
            foreach (int tap in Taps(phase))
            {
                first = Math.Min(first, Source(phase, tap));
                last = Math.Max(last, (long)Source(phase, tap) + Positions(phase) - 1);
            }
        }
        return new(Input, (int)-first, (int)Math.Min(last - first + 1, int.MaxValue));
    }

    /// <summary>The input that an output sees through one of its taps; it may lie outside [0, Input).</summary>
    public int Source(int output, int tap) => (int)((output + Pad - (long)tap * Dilation) / Stride);

    /// <summary>True when the output sees an input through the tap.</summary>
    public bool Sees(int output, int tap) => (output + Pad - (long)tap * Dilation) is var at && at >= 0 && at % Stride == 0 && at / Stride < Input;
}

/// <summary>
/// Sizes of a transposed convolution in up to three dimensions: input (batch, depth, height, width, in), output likewise. The weight of an
/// output channel and a tap is a run of input channels; runs lie at channel * ChannelStride + tap * TapStride, taps counted in row order.
/// </summary>
internal sealed record TransposedGeometry
{
    public required int Batch { get; init; }
    public required int InputChannels { get; init; }
    public required int OutputChannels { get; init; }
    public required TransposedAxis Depth { get; init; }
    public required TransposedAxis Height { get; init; }
    public required TransposedAxis Width { get; init; }
    public required int ChannelStride { get; init; }
    public required int TapStride { get; init; }

    /// <summary>The input with its margins.</summary>
    public PaddedVolume Padded => new(Batch, InputChannels, Depth.Padded(), Height.Padded(), Width.Padded());

    public int OutputPixels => Depth.Output * Height.Output * Width.Output;

    public int InputPixels => Depth.Input * Height.Input * Width.Input;

    public long Phases => (long)Depth.Phases * Height.Phases * Width.Phases;
}
