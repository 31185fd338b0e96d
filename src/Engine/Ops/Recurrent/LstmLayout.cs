using System.Collections.Immutable;
using Graft.Errors;
using Graft.Schema;

namespace Graft.Ops.Recurrent;

/// <summary>The four gates of an LSTM, in the order of its operands.</summary>
internal enum LstmGate
{
    Input,
    Forget,
    Cell,
    Output,
}

/// <summary>Where an operator keeps the operands of one LSTM; -1 for those that it does not have. Four gates follow each other.</summary>
internal sealed record LstmLayout
{
    public static ImmutableArray<LstmGate> Gates { get; } = [LstmGate.Input, LstmGate.Forget, LstmGate.Cell, LstmGate.Output];

    public int Input { get; init; }
    public required int InputWeights { get; init; }
    public required int RecurrentWeights { get; init; }
    public required int Peepholes { get; init; }
    public required int Biases { get; init; }
    public required int Projection { get; init; }
    public required int ProjectionBias { get; init; }
    public required int OutputState { get; init; }
    public required int CellState { get; init; }
    public int Norms { get; init; } = -1;
    public int AuxInput { get; init; } = -1;
    public int AuxWeights { get; init; } = -1;

    /// <summary>LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM.</summary>
    public static LstmLayout Single { get; } = new()
    {
        InputWeights = 1, RecurrentWeights = 5, Peepholes = 9, Biases = 12, Projection = 16, ProjectionBias = 17, OutputState = 18, CellState = 19, Norms = 20,
    };

    /// <summary>BIDIRECTIONAL_SEQUENCE_LSTM, from the first to the last point in time.</summary>
    public static LstmLayout Forward { get; } = new()
    {
        InputWeights = 1, RecurrentWeights = 5, Peepholes = 9, Biases = 12, Projection = 16, ProjectionBias = 17, OutputState = 35, CellState = 36,
        AuxInput = 39, AuxWeights = 40,
    };

    /// <summary>BIDIRECTIONAL_SEQUENCE_LSTM, from the last to the first point in time.</summary>
    public static LstmLayout Backward { get; } = new()
    {
        InputWeights = 18, RecurrentWeights = 22, Peepholes = 26, Biases = 29, Projection = 33, ProjectionBias = 34, OutputState = 37, CellState = 38,
        AuxInput = 39, AuxWeights = 44,
    };

    public bool HasAux => AuxWeights >= 0;

    public LstmLayout WithoutAux(int input) => this with { Input = input, AuxInput = -1, AuxWeights = -1 };

    /// <summary>The operand of a gate's peephole; the cell gate has none.</summary>
    public int Peephole(LstmGate gate) => gate switch
    {
        LstmGate.Cell => -1,
        LstmGate.Output => Peepholes + 2,
        _ => Peepholes + (int)gate,
    };

    public int Norm(LstmGate gate) => Norms < 0 ? -1 : Norms + (int)gate;
}

/// <summary>Attributes that all LSTM operators have. Clips are off at 0.</summary>
internal sealed record LstmAttributes(ActivationFunctionType Activation, float CellClip, float ProjectionClip, bool Asymmetric, bool TimeMajor)
{
    public void Check()
    {
        if (!(CellClip >= 0 && ProjectionClip >= 0)) throw new UnsupportedOptionException($"clips {CellClip} and {ProjectionClip} must not be negative");
        CellActivation.Check(Activation);
    }
}
