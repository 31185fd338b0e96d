using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Detection;

/// <summary>An input read as floats: as it is, or, from uint8, dequantised into scratch memory by the step that reads it.</summary>
internal sealed class FloatInput
{
    private readonly Operand _input;
    private readonly bool _isQuantized;
    private readonly float _scale;
    private readonly int _zeroPoint, _count;
    private readonly Scratch _values;

    public FloatInput(in PrepareContext c, int input)
    {
        _input = c.In(input);
        _count = (int)c.Shape(input).ElementCount;
        _isQuantized = c.Type(input) == DType.UInt8;
        if (!_isQuantized) return;
        var quantization = c.Input(input).Quantization;
        c.Require(quantization is { IsPerChannel: false, Scale: > 0 }, $"input {input} is uint8 without a scale");
        (_scale, _zeroPoint) = (quantization.Scale, quantization.ZeroPoint);
        _values = c.ScratchShared((long)_count * sizeof(float));
    }

    public ReadOnlySpan<float> Read(in RunContext c)
    {
        if (!_isQuantized) return c.Read<float>(_input);
        var from = c.Read<byte>(_input);
        var to = c.Scratch<float>(_values)[.._count];
        Affine.Dequantize(from, _scale, _zeroPoint, to);
        return to;
    }
}
