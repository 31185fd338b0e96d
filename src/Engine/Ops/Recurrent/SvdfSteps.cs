using System.Numerics;
using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops.Recurrent;

/// <summary>Operands of SVDF.</summary>
internal static class SvdfOperands
{
    public const int Data = 0, FeatureWeights = 1, TimeWeights = 2, Bias = 3, State = 4;
}

/// <summary>A float SVDF, with float weights or int8 ones.</summary>
internal sealed class SvdfFloatStep : IStep
{
    private readonly Operand _input, _time, _bias, _state, _output;
    private readonly RowProduct _product;
    private readonly VectorFunction _activation;
    private readonly Scratch _features;
    private readonly Scratch? _dequantized;
    private readonly float _timeScale;
    private readonly int _rows, _rank, _memory;

    public SvdfFloatStep(in PrepareContext c, int rank, ActivationFunctionType activation, bool asymmetric, List<IStep> first)
    {
        (_input, _time, _bias, _state, _output) =
            (c.In(SvdfOperands.Data), c.In(SvdfOperands.TimeWeights), c.In(SvdfOperands.Bias), c.In(SvdfOperands.State), c.Out(0));
        var weights = c.Shape(SvdfOperands.FeatureWeights);
        (_rows, _rank, _memory) = (c.Shape(SvdfOperands.Data)[0], rank, c.Shape(SvdfOperands.TimeWeights)[1]);
        _product = RowProduct.For<PartsInOrder>(c, SvdfOperands.FeatureWeights, weights[1], weights[0], asymmetric, first);
        _activation = CellActivation.Function(activation);
        _features = c.ScratchShared((long)_rows * weights[0] * sizeof(float));
        if (c.Type(SvdfOperands.TimeWeights) == DType.Float32) return;
        _timeScale = MatrixScales.Of(c, c.Input(SvdfOperands.TimeWeights).Quantization, "time weights");
        _dequantized = c.ScratchShared(c.Shape(SvdfOperands.TimeWeights).ElementCount * sizeof(float));
    }

    public void Run(in RunContext c)
    {
        var state = c.Write<float>(_state);
        var features = c.Scratch<float>(_features)[..(state.Length / _memory)];
        features.Clear();
        _product.Add(c, c.Read<float>(_input), features, _rows, 0);
        SvdfMath.Advance<float>(features, _memory, state);
        var output = c.Write<float>(_output);
        SvdfMath.Combine(Time(c), state, _bias.IsPresent ? c.Read<float>(_bias) : default, _rank, _memory, output);
        _activation(output);
    }

    private ReadOnlySpan<float> Time(in RunContext c)
    {
        if (_dequantized is not { } scratch) return c.Read<float>(_time);
        var quantized = c.Read<sbyte>(_time);
        var real = c.Scratch<float>(scratch)[..quantized.Length];
        Affine.Dequantize(quantized, _timeScale, 0, real);
        return real;
    }
}

/// <summary>An int8 SVDF.</summary>
internal sealed class SvdfIntStep<TTime, TState> : IStep
    where TTime : unmanaged, IBinaryInteger<TTime>
    where TState : unmanaged, IBinaryInteger<TState>, IMinMaxValue<TState>
{
    private readonly Operand _input, _time, _bias, _state, _output;
    private readonly IntRowProduct _product;
    private readonly QuantizedMultiplier _featureFactor, _outputFactor;
    private readonly sbyte _inputZeroPoint;
    private readonly int _outputZeroPoint, _rows, _k, _rank, _memory;
    private readonly Scratch _features;

    public SvdfIntStep(in PrepareContext c, int rank, List<IStep> first)
    {
        (_input, _time, _bias, _state, _output) =
            (c.In(SvdfOperands.Data), c.In(SvdfOperands.TimeWeights), c.In(SvdfOperands.Bias), c.In(SvdfOperands.State), c.Out(0));
        var weights = c.Shape(SvdfOperands.FeatureWeights);
        (_rows, _k, _rank, _memory) = (c.Shape(SvdfOperands.Data)[0], weights[1], rank, c.Shape(SvdfOperands.TimeWeights)[1]);
        float state = Scale(c, SvdfOperands.State);
        _featureFactor = CellFactor.Of(c, Scale(c, SvdfOperands.Data) * Scale(c, SvdfOperands.FeatureWeights) / state);
        _outputFactor = CellFactor.Of(c, state * Scale(c, SvdfOperands.TimeWeights) / MatrixScales.Of(c, c.Output(0).Quantization, "output"));
        _inputZeroPoint = (sbyte)c.Input(SvdfOperands.Data).Quantization!.ZeroPoint;
        _outputZeroPoint = c.Output(0).Quantization!.ZeroPoint;
        _product = new IntRowProduct(c, SvdfOperands.FeatureWeights, _k, weights[0], first);
        _features = c.ScratchShared((long)weights[0] * sizeof(short));
    }

    public void Run(in RunContext c)
    {
        var state = c.Write<TState>(_state);
        for (int row = 0; row < _rows; row++)
        {
            var window = state.Slice(row * (state.Length / _rows), state.Length / _rows);
            var features = c.Scratch<TState>(_features)[..(window.Length / _memory)];
            var sums = _product.Sums(c, c.Read<sbyte>(_input)[(row * _k)..], _inputZeroPoint, 1, 0);
            SvdfMath.Features(_product.Row(sums, 0), _featureFactor, features);
            SvdfMath.Advance<TState>(features, _memory, window);
        }
        SvdfMath.Combine<TTime, TState>(c.Read<TTime>(_time), state, _bias.IsPresent ? c.Read<int>(_bias) : default, _rank, _memory, _outputFactor,
            _outputZeroPoint, c.Write<sbyte>(_output));
    }

    private static float Scale(in PrepareContext c, int operand) => MatrixScales.Of(c, c.Input(operand).Quantization, $"tensor of input {operand}");
}
