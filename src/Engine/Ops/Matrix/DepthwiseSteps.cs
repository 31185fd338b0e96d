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
internal sealed class DepthwiseFloatStep(in PrepareContext c, ConvGeometry geometry, DepthwiseFloat kernel, Scratch? repeated, RightMatrix<float> weights,
    (float Min, float Max) range) : ParallelStep
{
    private readonly Operand _input = c.In(0), _bias = c.In(2), _output = c.Out(0);
    private readonly bool _separate = c.PlainFloats;
    private readonly Scratch _lines = c.ScratchPerWorker(kernel.LinesLength * sizeof(float));

    public override int Units => kernel.Units;

    public override long UnitCost => Products / 8 / Math.Max(1, Units);

    public override long Products => (long)geometry.Rows * geometry.FilterHeight * geometry.FilterWidth * geometry.OutputChannels;

    public override string Kernel => "depthwise-f32";

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = repeated is { } scratch ? c.Scratch<float>(scratch) : c.Read<float>(_input);
        var bias = _bias.IsPresent ? c.Read<float>(_bias) : default;
        kernel.Run(source, weights.Get(c, 0), bias, range, begin, end, c.Scratch<float>(_lines, worker), c.Write<float>(_output), _separate);
    }
}
