using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// An int8 LSTM whose cell state has a scale that is no power of two, or one above 2^-9. The reference then leaves all factors of the cell at zero,
/// whatever the data, so that outputs and output states are 0; results follow it.
/// </summary>
internal sealed class SilentLstmStep(in PrepareContext c, LstmLayout layout) : IStep
{
    /// <summary>A power of two may be missed by this much in the logarithm (value of the reference).</summary>
    private const float LogTolerance = 1e-3f;

    private const int ExponentMax = -9;

    private readonly Operand _output = c.Out(0), _outputState = c.In(layout.OutputState);

    public static bool Applies(in PrepareContext c, LstmLayout layout)
    {
        float log = MathF.Log2(MatrixScales.Of(c, c.Input(layout.CellState).Quantization, "cell state")), exponent = MathF.Round(log);
        return MathF.Abs(log - exponent) >= LogTolerance || exponent > ExponentMax;
    }

    public void Run(in RunContext c)
    {
        c.Write<sbyte>(_output).Clear();
        c.Write<byte>(_outputState).Clear();
    }
}
