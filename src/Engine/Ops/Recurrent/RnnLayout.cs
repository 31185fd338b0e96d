using Graft.Errors;
using Graft.Schema;

namespace Graft.Ops.Recurrent;

/// <summary>Where an operator keeps the operands of one basic recurrent cell; -1 for those that it does not have.</summary>
internal sealed record RnnLayout(int Input, int Weights, int RecurrentWeights, int Bias, int State)
{
    public int AuxInput { get; init; } = -1;
    public int AuxWeights { get; init; } = -1;

    /// <summary>RNN and UNIDIRECTIONAL_SEQUENCE_RNN.</summary>
    public static RnnLayout Single { get; } = new(0, 1, 2, 3, 4);

    /// <summary>BIDIRECTIONAL_SEQUENCE_RNN, from the first to the last point in time.</summary>
    public static RnnLayout Forward { get; } = Single with { AuxInput = 9, AuxWeights = 10 };

    /// <summary>BIDIRECTIONAL_SEQUENCE_RNN, from the last to the first point in time.</summary>
    public static RnnLayout Backward { get; } = new(0, 5, 6, 7, 8) { AuxInput = 9, AuxWeights = 11 };

    public bool HasAux => AuxWeights >= 0;

    public RnnLayout WithoutAux(int input) => this with { Input = input, AuxInput = -1, AuxWeights = -1 };

    /// <summary>Checks that the operands fit together and returns the sizes.</summary>
    public SequenceSizes Check(in InferContext c, bool timeMajor)
    {
        Shape input = c.Shape(Input), weights = c.Shape(Weights);
        c.Require(weights.Rank == 2 && weights[0] > 0 && weights[1] > 0, $"weights {weights} must be a matrix that is not empty");
        var sizes = SequenceSizes.Of(input, timeMajor, weights[0], weights[0]);
        LstmShapes.Expect(c, Weights, false, sizes.Cells, sizes.Input);
        LstmShapes.Expect(c, RecurrentWeights, false, sizes.Cells, sizes.Cells);
        LstmShapes.Expect(c, Bias, false, sizes.Cells);
        if (HasAux) LstmShapes.Expect(c, AuxWeights, false, sizes.Cells, LstmShapes.AuxRows(c, AuxInput, input));
        LstmShapes.State(c, State, (long)sizes.Batch * sizes.Cells);
        LstmShapes.Expect(c, State, false, sizes.Batch, sizes.Cells);
        return sizes;
    }

    /// <summary>The sizes of operands that have been checked.</summary>
    public SequenceSizes Sizes(in PrepareContext c, bool timeMajor)
    {
        int cells = c.Shape(Weights)[0];
        return SequenceSizes.Of(c.Shape(Input), timeMajor, cells, cells);
    }
}

/// <summary>Attributes that all RNN operators have.</summary>
internal sealed record RnnAttributes(ActivationFunctionType Activation, bool Asymmetric, bool TimeMajor)
{
    /// <summary>Float, and dynamic range: data, weights, recurrent weights, bias, state.</summary>
    public static string[] Rows => ["f32 f32 f32 f32 f32 -> f32", "f32 i8|u8 =1 f32 f32 -> f32"];

    public RnnAttributes Checked()
    {
        CellActivation.Check(Activation);
        return this;
    }
}
