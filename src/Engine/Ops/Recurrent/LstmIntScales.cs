using Graft.Kernels.Quant;
using Graft.Kernels.Recurrent;
using Graft.Ops.Matrix;

namespace Graft.Ops.Recurrent;

/// <summary>The scales of an int8 LSTM, combined in float32 as the reference does.</summary>
internal sealed class LstmIntScales
{
    /// <summary>Index of the intermediate tensor that describes the hidden values; before it come those of the four gates.</summary>
    private const int HiddenIntermediate = 4;

    /// <summary>Scale of a gate before its activation, unless a layer norm says otherwise: three integer bits.</summary>
    private const float GateScale = 1f / 4096;

    private readonly LstmLayout _layout;
    private readonly float _input;
    private readonly float _outputState;
    private readonly float _hidden;

    public LstmIntScales(in PrepareContext c, LstmLayout layout, LstmAttributes attributes)
    {
        _layout = layout;
        _input = MatrixScales.Of(c, c.Input(0).Quantization, "input");
        var state = c.Input(layout.OutputState).Quantization;
        _outputState = MatrixScales.Of(c, state, "output state");
        OutputZeroPoint = state!.ZeroPoint;
        InputZeroPoint = c.Input(0).Quantization!.ZeroPoint;
        var hidden = Intermediate(c, HiddenIntermediate);
        _hidden = MatrixScales.Of(c, hidden, "hidden intermediate");
        HiddenZeroPoint = hidden!.ZeroPoint;
        float cell = MatrixScales.Of(c, c.Input(layout.CellState).Quantization, "cell state");
        CellExponent = (int)MathF.Round(MathF.Log2(cell));
        c.Require(CellExponent >= -15, $"the cell state's scale {cell} must be at least 2^-15");
        float output = MatrixScales.Of(c, c.Output(0).Quantization, "output");
        CellClip = attributes.CellClip > 0 ? (short)Math.Clamp(attributes.CellClip / cell, short.MinValue, short.MaxValue) : (short)0;
        ProjectionClip = attributes.ProjectionClip > 0 ? (sbyte)Math.Clamp(attributes.ProjectionClip / output, sbyte.MinValue, sbyte.MaxValue) : (sbyte)0;
        Hidden = CellFactor.Of(c, (float)(Math.ScaleB(1, -15) / _hidden * Math.ScaleB(1, -15)));
        if (c.HasInput(layout.Projection)) Projection = CellFactor.Of(c, Weights(c, layout.Projection) * _hidden / _outputState);
    }

    public int InputZeroPoint { get; }
    public int OutputZeroPoint { get; }
    public int HiddenZeroPoint { get; }

    /// <summary>The cell state's scale is two to this, at most 2^-9: see <see cref="SilentLstmStep"/>.</summary>
    public int CellExponent { get; }

    public short CellClip { get; }
    public sbyte ProjectionClip { get; }
    public QuantizedMultiplier Hidden { get; }
    public QuantizedMultiplier Projection { get; }

    public QuantizedMultiplier Input(in PrepareContext c, LstmGate gate) =>
        CellFactor.Of(c, Weights(c, _layout.InputWeights + (int)gate) * _input / Gate(c, gate));

    public QuantizedMultiplier Recurrent(in PrepareContext c, LstmGate gate) =>
        CellFactor.Of(c, Weights(c, _layout.RecurrentWeights + (int)gate) * _outputState / Gate(c, gate));

    public QuantizedMultiplier Peephole(in PrepareContext c, LstmGate gate) =>
        CellFactor.Of(c, (float)(Math.ScaleB(1, CellExponent) * Weights(c, _layout.Peephole(gate)) / Gate(c, gate)));

    public (QuantizedMultiplier Factor, int VarianceMin) Norm(in PrepareContext c, LstmGate gate)
    {
        float scale = Weights(c, _layout.Norm(gate));
        return (CellFactor.Of(c, scale, LstmIntNorm.ExtraShift), Math.Max(1, (int)(10000 * scale)));
    }

    private float Gate(in PrepareContext c, LstmGate gate) =>
        c.HasInput(_layout.Norm(LstmGate.Forget)) ? MatrixScales.Of(c, Intermediate(c, (int)gate), $"{gate} gate's intermediate") : GateScale;

    private static float Weights(in PrepareContext c, int operand) => MatrixScales.Of(c, c.Input(operand).Quantization, $"weights of input {operand}");

    private static Quantization? Intermediate(in PrepareContext c, int index)
    {
        var tensors = c.Node.Intermediates;
        c.Require(tensors.Length > HiddenIntermediate && tensors[index] >= 0, $"an int8 LSTM needs 5 intermediate tensors; this one has {tensors.Length}");
        return c.Subgraph.Tensors[tensors[index]].Quantization;
    }
}
