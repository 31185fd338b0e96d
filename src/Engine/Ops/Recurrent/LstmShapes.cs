using Graft.Schema;

namespace Graft.Ops.Recurrent;

/// <summary>Checks that the operands of an LSTM fit together.</summary>
internal static class LstmShapes
{
    /// <summary>Checks everything and returns the sizes.</summary>
    public static SequenceSizes Check(in InferContext c, LstmLayout l, bool timeMajor)
    {
        var input = c.Shape(l.Input);
        c.Require(input.Rank is 2 or 3, $"input {input} must have 2 or 3 dimensions");
        Shape outputWeights = c.Shape(l.InputWeights + (int)LstmGate.Output), recurrent = c.Shape(l.RecurrentWeights + (int)LstmGate.Output);
        c.Require(outputWeights.Rank == 2 && recurrent.Rank is 1 or 2, $"weights {outputWeights} and {recurrent} must be matrices");
        var sizes = SequenceSizes.Of(input, timeMajor, outputWeights[0], recurrent[^1]);
        c.Require(sizes.Input > 0 && sizes.Cells > 0 && sizes.Outputs > 0, $"weights {outputWeights} and {recurrent} are empty");
        bool coupled = !c.HasInput(l.InputWeights), normed = c.HasInput(l.Norm(LstmGate.Forget)), peepholes = c.HasInput(l.Peephole(LstmGate.Output));
        c.Require(coupled == !c.HasInput(l.RecurrentWeights), "the input gate has either both weights or none");
        int auxLength = l.HasAux ? AuxRows(c, l.AuxInput, input) : 0;
        foreach (var gate in LstmLayout.Gates)
        {
            int g = (int)gate;
            bool absent = gate == LstmGate.Input && coupled;
            Expect(c, l.InputWeights + g, absent, sizes.Cells, sizes.Input);
            if (!absent && c.HasInput(l.RecurrentWeights + g) && c.Shape(l.RecurrentWeights + g).Rank == 1) Expect(c, l.RecurrentWeights + g, false, sizes.Cells);
            else Expect(c, l.RecurrentWeights + g, absent, sizes.Cells, sizes.Outputs);
            Expect(c, l.Biases + g, absent, sizes.Cells);
            if (gate != LstmGate.Cell) Expect(c, l.Peephole(gate), absent || !peepholes, sizes.Cells);
            if (l.Norms >= 0) Expect(c, l.Norm(gate), absent || !normed, sizes.Cells);
            if (l.HasAux) Expect(c, l.AuxWeights + g, absent, sizes.Cells, auxLength);
        }
        Projection(c, l, sizes);
        State(c, l.OutputState, (long)sizes.Batch * sizes.Outputs);
        State(c, l.CellState, (long)sizes.Batch * sizes.Cells);
        return sizes;
    }

    /// <summary>The sizes of operands that have been checked.</summary>
    public static SequenceSizes Sizes(in PrepareContext c, LstmLayout l, bool timeMajor) => SequenceSizes.Of(c.Shape(l.Input), timeMajor,
        c.Shape(l.InputWeights + (int)LstmGate.Output)[0], c.Shape(l.RecurrentWeights + (int)LstmGate.Output)[^1]);

    /// <summary>Checks that an auxiliary input has rows like the input's, and returns their length.</summary>
    public static int AuxRows(in InferContext c, int operand, Shape input)
    {
        var aux = c.Shape(operand);
        c.Require(aux.Rank == input.Rank && aux.Dimensions[..^1].SequenceEqual(input.Dimensions[..^1]), $"auxiliary input {aux} must have as many rows as input {input}");
        c.Require(aux[^1] > 0, $"auxiliary input {aux} is empty");
        return aux[^1];
    }

    /// <summary>A variable of a known number of elements.</summary>
    public static void State(in InferContext c, int operand, long elements)
    {
        c.Require(c.HasInput(operand) && c.Input(operand).IsVariable, $"input {operand}, a state, must be a variable tensor");
        c.Require(c.Shape(operand).ElementCount == elements, $"state {c.Shape(operand)} of input {operand} must have {elements} elements");
    }

    /// <summary>An operand that must have this shape, or must be absent.</summary>
    public static void Expect(in InferContext c, int operand, bool absent, params ReadOnlySpan<int> dimensions)
    {
        if (absent)
        {
            c.Require(!c.HasInput(operand), $"input {operand} must be absent, because the operands that belong to it are");
            return;
        }
        c.Require(c.HasInput(operand), $"input {operand} is required");
        c.Require(c.Shape(operand) == new Shape(dimensions), $"input {operand} has shape {c.Shape(operand)}; {new Shape(dimensions)} is expected");
    }

    private static void Projection(in InferContext c, LstmLayout l, in SequenceSizes sizes)
    {
        if (!c.HasInput(l.Projection))
        {
            c.Require(!c.HasInput(l.ProjectionBias), "there is a projection bias, but no projection");
            c.Require(sizes.Outputs == sizes.Cells, $"without a projection, {sizes.Cells} cells cannot give {sizes.Outputs} outputs");
            return;
        }
        Expect(c, l.Projection, false, sizes.Outputs, sizes.Cells);
        if (c.HasInput(l.ProjectionBias)) Expect(c, l.ProjectionBias, false, sizes.Outputs);
    }
}
