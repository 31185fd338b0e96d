using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// The gates of a float LSTM. As a step it computes, for all points in time at once, what does not depend on the state: bias and product
/// with the input. <see cref="Finish"/> adds the rest.
/// </summary>
internal sealed class LstmFloatGates : ParallelStep
{
    private const int GateCount = 4;

    private readonly SequenceSizes _sizes;
    private readonly int _auxLength;
    private readonly Operand _input;
    private readonly Operand _aux;
    private readonly Gate?[] _gates = new Gate?[GateCount];
    private readonly Scratch _sums;

    public LstmFloatGates(in PrepareContext c, LstmLayout layout, LstmAttributes attributes, in SequenceSizes sizes, List<IStep> first)
    {
        _sizes = sizes;
        _input = c.In(0);
        bool hasAux = layout.AuxInput >= 0 && c.HasInput(layout.AuxInput) && c.HasInput(layout.AuxWeights + (int)LstmGate.Output);
        if (hasAux) (_aux, _auxLength) = (c.In(layout.AuxInput), c.Shape(layout.AuxInput)[^1]);
        else _aux = new(-1);
        foreach (var gate in Enum.GetValues<LstmGate>())
        {
            int g = (int)gate;
            if (!c.HasInput(layout.InputWeights + g)) continue;
            _gates[g] = new Gate(
                RowProduct.For(c, layout.InputWeights + g, sizes.Input, sizes.Cells, attributes.Asymmetric, first),
                hasAux ? RowProduct.For(c, layout.AuxWeights + g, _auxLength, sizes.Cells, attributes.Asymmetric, first) : null,
                RowProduct.For(c, layout.RecurrentWeights + g, sizes.Outputs, sizes.Cells, attributes.Asymmetric, first),
                Peephole(c, layout.Peephole(gate)), c.In(layout.Biases + g), Optional(c, layout.Norm(gate)),
                gate == LstmGate.Cell ? CellActivation.Function(attributes.Activation, c.Kernels) : CellActivation.Sigmoid(c.Kernels));
        }
        _sums = c.ScratchShared((long)GateCount * sizes.Rows * sizes.Cells * sizeof(float));
    }

    public override int Units => (_sizes.Rows + RowTiling.BlockRows - 1) / RowTiling.BlockRows;

    public override long UnitCost => (long)GateCount * Math.Min(RowTiling.BlockRows, _sizes.Rows) * _sizes.Cells * (_sizes.Input + _auxLength) / 8;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = c.Read<float>(_input);
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit * RowTiling.BlockRows, rows = Math.Min(RowTiling.BlockRows, _sizes.Rows - row);
            for (int g = 0; g < GateCount; g++)
            {
                if (_gates[g] is not { } gate) continue;
                var sums = Sums(c, g, row, rows);
                LstmMath.FillRows(gate.Norm.IsPresent ? default : c.Read<float>(gate.Bias), sums);
                gate.Input.Add(c, input.Slice(row * _sizes.Input, rows * _sizes.Input), sums, rows, worker);
                gate.Aux?.Add(c, c.Read<float>(_aux).Slice(row * _auxLength, rows * _auxLength), sums, rows, worker);
            }
        }
    }

    /// <summary>The values of a gate for rows [row, row + rows), given the states before it; empty for a gate that is not there.</summary>
    public Span<float> Finish(in RunContext c, LstmGate which, int row, int rows, ReadOnlySpan<float> state, ReadOnlySpan<float> cell, int worker)
    {
        if (_gates[(int)which] is not { } gate) return default;
        var sums = Sums(c, (int)which, row, rows);
        gate.Recurrent.Add(c, state, sums, rows, worker);
        gate.Peephole?.Add(c, cell, sums, rows, worker);
        if (gate.Norm.IsPresent) LstmMath.Normalize(sums, c.Read<float>(gate.Norm), c.Read<float>(gate.Bias));
        gate.Activation(sums);
        return sums;
    }

    private Span<float> Sums(in RunContext c, int gate, int row, int rows) =>
        c.Scratch<float>(_sums).Slice((gate * _sizes.Rows + row) * _sizes.Cells, rows * _sizes.Cells);

    private static Operand Optional(in PrepareContext c, int operand) => operand < 0 ? new(-1) : c.In(operand);

    private static RowProduct? Peephole(in PrepareContext c, int operand)
    {
        if (operand < 0 || !c.HasInput(operand)) return null;
        return c.Type(operand) == DType.Float32
            ? new DiagonalProduct(c.In(operand))
            : new DiagonalIntProduct(c.In(operand), MatrixScales.Of(c, c.Input(operand).Quantization, $"peephole weights of input {operand}"));
    }

    private sealed record Gate(RowProduct Input, RowProduct? Aux, RowProduct Recurrent, RowProduct? Peephole, Operand Bias, Operand Norm, VectorFunction Activation);
}
