using Graft.Errors;

namespace Graft.Ops.Recurrent;

/// <summary>What the bidirectional operators share: outputs that are apart or merged, and an auxiliary input.</summary>
internal static class TwoDirections
{
    public static void CheckOutputs(in OperatorDef def, bool merged)
    {
        int expected = merged ? 1 : 2;
        if (def.Outputs.Length != expected) throw new UnsupportedOptionException($"merge_outputs {merged} with {def.Outputs.Length} outputs ({expected} expected)");
    }

    /// <summary>Whether the cells have weights for the auxiliary input; some of them alone, or for an input that is not there, are refused.</summary>
    public static bool HasAuxWeights(in OperatorDef def, int auxInput, params ReadOnlySpan<int> weights)
    {
        int present = 0;
        foreach (int operand in weights) present += def.Input(operand) is null ? 0 : 1;
        if (present == 0) return false;
        if (present < weights.Length) throw new UnsupportedOptionException($"{present} of {weights.Length} auxiliary weights (both directions have them, or none)");
        if (def.Input(auxInput) is null) throw new UnsupportedOptionException($"auxiliary weights without an auxiliary input (input {auxInput})");
        return true;
    }

    /// <summary>Checks that the input has three dimensions, and another one, where the backward cell has its own, the same.</summary>
    public static Shape Input(in InferContext c, int backward)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 3, $"input {input} must have 3 dimensions");
        c.Require(c.Shape(backward) == input, $"input {backward}, read backwards, has shape {c.Shape(backward)}; {input} is expected");
        return input;
    }

    /// <summary>Rows like those of the input, with the outputs of one cell each, or of both.</summary>
    public static void SetOutputs(in InferContext c, Shape input, bool merged, int forward, int backward)
    {
        c.SetOutput(0, input[0], input[1], merged ? forward + backward : forward);
        if (!merged) c.SetOutput(1, input[0], input[1], backward);
    }

    public static (SequenceOutput Forward, SequenceOutput Backward) Outputs(in PrepareContext c, bool merged, int forward, int backward) => merged
        ? (new(c.Out(0), forward + backward, 0, false), new(c.Out(0), forward + backward, forward, true))
        : (new(c.Out(0), forward, 0, false), new(c.Out(1), backward, 0, true));
}
