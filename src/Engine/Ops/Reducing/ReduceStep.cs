using Graft.Kernels.Reduce;
using Graft.Ops.Pointwise;
using Graft.Runtime;

namespace Graft.Ops.Reducing;

/// <summary>What reduces a block; sums are as many as outputs, for kernels that compute in a wider type.</summary>
internal interface IReduceKernel<T, TSum>
{
    /// <summary>False when <typeparamref name="TSum"/> is not used.</summary>
    static abstract bool NeedsSums { get; }

    void Run(in ReduceShape shape, ReadOnlySpan<T> input, Span<TSum> sums, Span<T> output);
}

/// <summary>Runs a reduction, in blocks of the outermost collapsed axis when that is kept.</summary>
internal sealed class ReduceStep<TKernel, T, TSum> : ParallelStep
    where TKernel : struct, IReduceKernel<T, TSum>
    where T : unmanaged
    where TSum : unmanaged
{
    /// <summary>Input elements of one unit, as far as whole rows allow.</summary>
    private const int UnitLength = 16384;

    private readonly TKernel _kernel;
    private readonly Operand _input;
    private readonly Operand _output;
    private readonly Scratch _sums;
    private readonly ReduceShape _block;
    private readonly ReduceShape _lastBlock;
    private readonly int _rows;
    private readonly int _blockRows;
    private readonly int _rowInputs;
    private readonly int _rowOutputs;

    public ReduceStep(in PrepareContext c, TKernel kernel)
    {
        _kernel = kernel;
        (_input, _output) = (c.In(0), c.Out(0));
        var whole = Reduction.ShapeOf(c);
        bool splits = whole.InputCount > 0 && !whole.Reduces(0);
        _rows = splits ? whole.Length(0) : 1;
        _rowInputs = (int)(whole.InputCount / _rows);
        _rowOutputs = (int)(whole.OutputCount / _rows);
        _blockRows = splits ? Math.Clamp(UnitLength / _rowInputs, 1, _rows) : 1;
        Units = (_rows + _blockRows - 1) / _blockRows;
        _block = splits ? Block(whole, _blockRows) : whole;
        _lastBlock = splits ? Block(whole, _rows - (Units - 1) * _blockRows) : whole;
        if (TKernel.NeedsSums) _sums = c.ScratchShared(whole.OutputCount * System.Runtime.CompilerServices.Unsafe.SizeOf<TSum>());
    }

    public override int Units { get; }

    public override long UnitCost => (long)_blockRows * _rowInputs * Cost.Vector / Cost.Unit;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = c.Read<T>(_input);
        var output = c.Write<T>(_output);
        var sums = TKernel.NeedsSums ? c.Scratch<TSum>(_sums) : default;
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit * _blockRows;
            int rows = Math.Min(_blockRows, _rows - row);
            var (at, length) = (row * _rowOutputs, rows * _rowOutputs);
            _kernel.Run(unit == Units - 1 ? _lastBlock : _block, input.Slice(row * _rowInputs, rows * _rowInputs),
                TKernel.NeedsSums ? sums.Slice(at, length) : default, output.Slice(at, length));
        }
    }

    /// <summary>The first rows of a collapsed shape.</summary>
    private static ReduceShape Block(in ReduceShape whole, int rows)
    {
        Span<int> lengths = stackalloc int[whole.Rank];
        Span<int> axes = stackalloc int[whole.Rank];
        int count = 0;
        for (int axis = 0; axis < whole.Rank; axis++)
        {
            lengths[axis] = axis == 0 ? rows : whole.Length(axis);
            if (whole.Reduces(axis)) axes[count++] = axis;
        }
        return new ReduceShape(lengths, axes[..count]);
    }
}
