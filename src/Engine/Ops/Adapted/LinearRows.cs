using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Where rows of W x + b are while deltas are added, and what makes outputs of them.</summary>
internal abstract class LinearRows(int columns)
{
    protected int Columns { get; } = columns;

    /// <summary>True when the outputs are elsewhere, so that rows without a delta are left alone.</summary>
    public abstract bool LeavesPlainRows { get; }

    public abstract Span<float> Rows(in RunContext c, int row, int count);

    /// <summary>Applies the activation, and quantises.</summary>
    public abstract void Finish(in RunContext c, int row, int count);
}

/// <summary>Rows in the float output itself.</summary>
internal sealed class FloatRows(int columns, Operand output, (float Min, float Max) range) : LinearRows(columns)
{
    public override bool LeavesPlainRows => false;

    public override Span<float> Rows(in RunContext c, int row, int count) => c.Write<float>(output).Slice(row * Columns, count * Columns);

    public override void Finish(in RunContext c, int row, int count)
    {
        if (range.Min == float.NegativeInfinity && range.Max == float.PositiveInfinity) return;
        var rows = Rows(c, row, count);
        Map.Apply(new Clamp<float>(range.Min, range.Max), rows, rows);
    }
}

/// <summary>Rows in scratch memory, quantised to the output's type at the end, rounding half away from zero.</summary>
internal sealed class QuantizedRowsOut<T>(int columns, Scratch sums, Operand output, float scale, int zeroPoint, (int Min, int Max) range) : LinearRows(columns)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly QuantizedRange _range = new(scale, zeroPoint, range);

    public override bool LeavesPlainRows => true;

    public override Span<float> Rows(in RunContext c, int row, int count) => c.Scratch<float>(sums).Slice(row * Columns, count * Columns);

    public override void Finish(in RunContext c, int row, int count) =>
        _range.Quantize(Rows(c, row, count), c.Write<T>(output).Slice(row * Columns, count * Columns));
}
