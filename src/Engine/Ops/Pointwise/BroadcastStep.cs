using Graft.Kernels.Elementwise;
using Graft.Runtime;

namespace Graft.Ops.Pointwise;

/// <summary>Runs a kernel over two tensors that broadcast together, in blocks along the outermost collapsed axis.</summary>
internal sealed class BroadcastStep<TKernel, TA, TB, TOut> : ParallelStep
    where TKernel : struct, IBroadcastKernel<TA, TB, TOut>
    where TA : unmanaged
    where TB : unmanaged
    where TOut : unmanaged
{
    /// <summary>Output elements of one unit, as far as whole rows allow.</summary>
    private const int UnitLength = 8192;

    private readonly TKernel _kernel;
    private readonly Operand _a;
    private readonly Operand _b;
    private readonly Operand _output;
    private readonly BroadcastShape _block;
    private readonly BroadcastShape _lastBlock;
    private readonly int _rows;
    private readonly int _blockRows;
    private readonly int _rowLength;
    private readonly int _rowA;
    private readonly int _rowB;
    private readonly int _cost;

    public BroadcastStep(in PrepareContext c, TKernel kernel, int cost)
    {
        _kernel = kernel;
        (_a, _b, _output, _cost) = (c.In(0), c.In(1), c.Out(0), cost);
        Shape a = c.Shape(0), b = c.Shape(1);
        // Equal shapes may have any number of axes.
        int[] flat = [checked((int)a.ElementCount)];
        var whole = a == b ? new BroadcastShape(flat, flat) : new BroadcastShape(a.Dimensions, b.Dimensions);
        Units = 0;
        if (whole.Count == 0) return;
        _rows = whole.Length(0);
        _rowLength = (int)(whole.Count / _rows);
        (_rowA, _rowB) = ((int)whole.Stride(0, 0), (int)whole.Stride(1, 0));
        _blockRows = Math.Clamp(UnitLength / _rowLength, 1, _rows);
        Units = (_rows + _blockRows - 1) / _blockRows;
        _block = Block(whole, _blockRows);
        _lastBlock = Block(whole, _rows - (Units - 1) * _blockRows);
    }

    public override int Units { get; }

    public override long UnitCost => (long)_blockRows * _rowLength * _cost / Cost.Unit;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var a = c.Read<TA>(_a);
        var b = c.Read<TB>(_b);
        var output = c.Write<TOut>(_output);
        if (_blockRows == _rows)
        {
            if (begin < end) _kernel.Run(_block, a, b, output);
            return;
        }
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit * _blockRows;
            int rows = Math.Min(_blockRows, _rows - row);
            ref readonly var block = ref rows == _blockRows ? ref _block : ref _lastBlock;
            _kernel.Run(block, a[(row * _rowA)..], b[(row * _rowB)..],
                output.Slice(row * _rowLength, rows * _rowLength));
        }
    }

    /// <summary>The first rows of a collapsed shape.</summary>
    private static BroadcastShape Block(in BroadcastShape whole, int rows)
    {
        var a = new int[whole.Rank];
        var b = new int[whole.Rank];
        for (int axis = 0; axis < whole.Rank; axis++)
        {
            int length = axis == 0 ? rows : whole.Length(axis);
            a[axis] = whole.Stride(0, axis) == 0 ? 1 : length;
            b[axis] = whole.Stride(1, axis) == 0 ? 1 : length;
        }
        return new BroadcastShape(a, b);
    }
}
