using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>Repeats every input channel as often as it has filters, so that the depthwise kernels see one filter per channel.</summary>
internal sealed class RepeatChannels<T>(Operand input, QuantizedRows? rows, Scratch repeated, int elements, int times) : ParallelStep where T : unmanaged
{
    private const int UnitElements = 1024;

    public override int Units => (elements + UnitElements - 1) / UnitElements;

    public override long UnitCost => UnitElements * times;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = rows is null ? c.Read<T>(input) : MemoryMarshal.Cast<sbyte, T>(rows.Values(c));
        var target = c.Scratch<T>(repeated);
        for (int i = begin * UnitElements; i < Math.Min(end * UnitElements, elements); i++) target.Slice(i * times, times).Fill(source[i]);
    }
}

/// <summary>A float depthwise convolution.</summary>
internal sealed class DepthwiseFloatStep(ConvGeometry geometry, Operand input, Scratch? repeated, Operand weights, Operand bias, (float Min, float Max) range,
    Operand output, bool separate) : ParallelStep
{
    private readonly DepthwiseFloat _kernel = new(geometry);

    public override int Units => geometry.Batch * geometry.OutputHeight;

    public override long UnitCost => (long)geometry.OutputWidth * geometry.FilterHeight * geometry.FilterWidth * geometry.OutputChannels / 8;

    public override long Products => (long)geometry.Rows * geometry.FilterHeight * geometry.FilterWidth * geometry.OutputChannels;

    public override string Kernel => "depthwise-f32";

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = repeated is { } scratch ? c.Scratch<float>(scratch) : c.Read<float>(input);
        _kernel.Run(source, c.Read<float>(weights), bias.IsPresent ? c.Read<float>(bias) : default, range, begin, end, c.Write<float>(output), separate);
    }
}
