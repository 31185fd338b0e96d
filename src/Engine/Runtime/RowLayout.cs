namespace Graft.Runtime;

/// <summary>How the rows lie that adapters of a node change: the sizes in front of a row's elements, seen from the sequences and tokens of a batch.</summary>
internal sealed class RowLayout
{
    private readonly int[] _sizes;
    private readonly int _sequences;
    private readonly bool _mixesPositions;

    /// <param name="sizes">Sizes in front, of which the product is the number of rows.</param>
    /// <param name="sequences">Sequences of the batch, as far as the subgraph's inputs tell; 0 when they do not.</param>
    /// <param name="mixesPositions">Whether a row is made of several rows of the input.</param>
    public RowLayout(ReadOnlySpan<int> sizes, int sequences, bool mixesPositions)
    {
        int rows = 1;
        foreach (int size in sizes) rows *= size;
        (Rows, _sequences, _mixesPositions) = (rows, sequences, mixesPositions);
        _sizes = [.. sizes.ToArray().Where(s => s != 1)];
    }

    public int Rows { get; }

    /// <summary>
    /// Fails the run unless each row is a token, and each token a row, in order: the sizes are those of sequences and tokens, ones aside, or one of both joined.
    /// </summary>
    public void RequireTokens(int sequences, long tokens)
    {
        bool areKnown = _sequences == 0 || _sequences == sequences || _sequences == Rows;
        bool areInOrder = _sizes.Length < 2 || _sizes.Length == 2 && _sizes[0] == sequences && _sizes[1] == tokens;
        if (Rows != sequences * tokens || !areKnown || !areInOrder || _mixesPositions) StepFault.Raise(Problem(sequences, tokens, areKnown));
    }

    private string Problem(int sequences, long tokens, bool areKnown)
    {
        var (share, rest) = Math.DivRem(Rows, sequences);
        string problem = _mixesPositions ? "its filter sees several positions, whose adapters may differ"
            : !areKnown ? $"the model's inputs have {_sequences} sequences, but segments are given for {sequences}"
            : rest != 0 ? $"its {Rows} rows cannot be shared out over {sequences} sequences of {tokens} tokens"
            : share != tokens ? $"it has {share} rows for each of {sequences} sequences, but the segments have {tokens} tokens"
            : $"its rows lie as ({string.Join(", ", _sizes)}), not as {sequences} sequences of {tokens} tokens";
        return problem + "; segments need layers with a row for each token: elsewhere give each adapter sequences of its own, with RowAdapters";
    }
}
