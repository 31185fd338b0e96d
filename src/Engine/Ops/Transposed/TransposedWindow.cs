using Graft.Errors;
using Graft.Kernels.Conv;

namespace Graft.Ops.Transposed;

/// <summary>Attributes of a transposed convolution along one axis.</summary>
internal readonly record struct TransposedWindow(bool Same, int Stride, int Dilation)
{
    /// <summary>Strides and dilations of more would overflow positions (bound of the reference).</summary>
    private const int StepMax = short.MaxValue;

    public void Check()
    {
        if (Stride is < 1 or > StepMax || Dilation is < 1 or > StepMax)
        {
            throw new UnsupportedOptionException($"stride {Stride} and dilation {Dilation} must be from 1 to {StepMax}");
        }
    }

    /// <summary>True when positions along the axis do not overflow.</summary>
    public bool Fits(int output, int filter) => output is > 0 and <= 1 << 30 && (filter - 1L) * Dilation + output < int.MaxValue - StepMax;

    /// <summary>The axis for known sizes. The padding is that of the convolution which this one transposes: from the output to the input.</summary>
    public TransposedAxis Axis(int input, int output, int filter)
    {
        int pad = Same ? Window.PadBefore(output, Window.Output(true, output, filter, Stride, Dilation), filter, Stride, Dilation) : 0;
        return new(input, output, filter, Stride, Dilation, pad);
    }
}
