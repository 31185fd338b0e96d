using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>One gate of a float cell: what is summed, and how the sum becomes a value.</summary>
internal sealed record FloatGate(RowProduct Input, RowProduct? Aux, RowProduct Recurrent, Operand Bias, VectorFunction Activation)
{
    public RowProduct? Peephole { get; init; }

    /// <summary>Weights of a layer norm, after which the bias is added; otherwise the sum begins with the bias.</summary>
    public Operand Norm { get; init; } = new(-1);
}

/// <summary>Rows of numbers that come into a cell at every point in time; an absent operand counts as none.</summary>
internal readonly record struct CellInput(Operand Data, int Length);

/// <summary>
/// The gates of a float cell. As a step it computes, for all points in time at once, what does not depend on the state: bias and products
/// with the inputs. <see cref="Finish"/> adds the rest.
/// </summary>
internal sealed class FloatGates : ParallelStep
{
    private readonly SequenceSizes _sizes;
    private readonly CellInput _input;
    private readonly CellInput _aux;
    private readonly FloatGate?[] _gates;
    private readonly Scratch _sums;

    /// <param name="c">The node.</param>
    /// <param name="sizes">Of the sequences; a gate has as many values as there are cells.</param>
    /// <param name="input">What all gates read.</param>
    /// <param name="aux">What gates with auxiliary weights read too.</param>
    /// <param name="gates">Null for a gate that is not there.</param>
    public FloatGates(in PrepareContext c, in SequenceSizes sizes, CellInput input, CellInput aux, FloatGate?[] gates)
    {
        (_sizes, _input, _aux, _gates) = (sizes, input, aux, gates);
        _sums = c.ScratchShared((long)gates.Length * sizes.Rows * sizes.Cells * sizeof(float));
    }

    public override int Units => (_sizes.Rows + RowTiling.BlockRows - 1) / RowTiling.BlockRows;

    public override long UnitCost => (long)_gates.Length * Math.Min(RowTiling.BlockRows, _sizes.Rows) * _sizes.Cells * (_input.Length + _aux.Length) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit * RowTiling.BlockRows, rows = Math.Min(RowTiling.BlockRows, _sizes.Rows - row);
            for (int g = 0; g < _gates.Length; g++)
            {
                if (_gates[g] is not { } gate) continue;
                var sums = Sums(c, g, row, rows);
                LstmMath.FillRows(gate.Norm.IsPresent ? default : c.Read<float>(gate.Bias), sums);
                gate.Input.Add(c, Rows(c, _input, row, rows), sums, rows, worker);
                gate.Aux?.Add(c, Rows(c, _aux, row, rows), sums, rows, worker);
            }
        }
    }

    /// <summary>The values of a gate, given the states before the moment; empty for a gate that is not there.</summary>
    public Span<float> Finish(in RunContext c, int which, Moment at, ReadOnlySpan<float> state, ReadOnlySpan<float> cell, int worker)
    {
        if (_gates[which] is not { } gate) return default;
        var sums = Sums(c, which, at.Row, at.Rows);
        gate.Recurrent.Add(c, state, sums, at.Rows, worker);
        gate.Peephole?.Add(c, cell, sums, at.Rows, worker);
        if (gate.Norm.IsPresent) LstmMath.Normalize(sums, c.Read<float>(gate.Norm), c.Read<float>(gate.Bias));
        gate.Activation(sums);
        return sums;
    }

    private static ReadOnlySpan<float> Rows(in RunContext c, CellInput input, int row, int rows) =>
        c.Read<float>(input.Data).Slice(row * input.Length, rows * input.Length);

    private Span<float> Sums(in RunContext c, int gate, int row, int rows) =>
        c.Scratch<float>(_sums).Slice((gate * _sizes.Rows + row) * _sizes.Cells, rows * _sizes.Cells);
}
