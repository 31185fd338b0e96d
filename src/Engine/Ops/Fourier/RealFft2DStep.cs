using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels;
using Graft.Kernels.Fourier;
using Graft.Runtime;

namespace Graft.Ops.Fourier;

/// <summary>Transforms each matrix of the last two dimensions: one unit each.</summary>
internal sealed class RealFft2DStep : ParallelStep
{
    private readonly bool _isInverse;
    private readonly Operand _input, _output;
    private readonly Scratch _scratch;
    private readonly RealFft2D _transform;
    private readonly int _inputWidth, _inputCount, _outputCount;

    public RealFft2DStep(in PrepareContext c, bool isInverse)
    {
        int[] lengths = c.Integers(1);
        var (from, to) = (c.Shape(0), c.OutputShape(0));
        _isInverse = isInverse;
        (_input, _output) = (c.In(0), c.Out(0));
        _transform = new(lengths[0], lengths[1]);
        _inputWidth = from[^1];
        _inputCount = from[^2] * from[^1];
        _outputCount = to[^2] * to[^1];
        Units = (int)from.Product(0, from.Rank - 2);
        UnitCost = (long)lengths[0] * lengths[1] * (4 + BitOperations.Log2((uint)lengths[0]) + BitOperations.Log2((uint)lengths[1]));
        _scratch = c.ScratchPerWorker(RealFft2D.ScratchCount(lengths[0], lengths[1]) * Unsafe.SizeOf<Complex>());
    }

    public override int Units { get; }

    public override long UnitCost { get; }

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var scratch = c.Scratch<Complex>(_scratch, worker);
        for (int i = begin; i < end; i++)
        {
            int from = i * _inputCount, to = i * _outputCount;
            if (_isInverse) _transform.Inverse(c.Read<Complex64>(_input).Slice(from, _inputCount), _inputWidth, c.Write<float>(_output).Slice(to, _outputCount), scratch);
            else _transform.Forward(c.Read<float>(_input).Slice(from, _inputCount), _inputWidth, c.Write<Complex64>(_output).Slice(to, _outputCount), scratch);
        }
    }
}
