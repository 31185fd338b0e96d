namespace Graft.Adapters.Form;

/// <summary>
/// Keys and values that every query sees besides those of the sequence, in each layer: softmax(q [P K]ᵀ) [R V] (Li and Liang 2021,
/// arXiv 2101.00190).
/// </summary>
/// <param name="Tokens">Length of the prefix.</param>
/// <param name="Layers">Layers of attention, in the order in which they run.</param>
/// <param name="Width">Elements of all heads of keys; several heads of queries may share one of them.</param>
/// <param name="Values">Elements in the order (token, layer, key or value, head, element of it).</param>
/// <param name="MovesPositions">Whether the sequence's own positions begin behind the prefix, as with a cache of that length.</param>
internal sealed record KeyValuePrefix(int Tokens, int Layers, int Width, float[] Values, bool MovesPositions)
{
    /// <summary>Elements of one head, where the file tells.</summary>
    public int? HeadSize { get; init; }

    /// <summary>For each layer the gates of keys and values; null where there are none.</summary>
    public PrefixGates[]? Gates { get; init; }

    /// <summary>The keys of a layer as rows (heads * tokens, head size).</summary>
    public Matrix Keys(int layer, int headSize) => Part(layer, 0, headSize);

    /// <summary>The values of a layer as rows (heads * tokens, head size).</summary>
    public Matrix ValuesOf(int layer, int headSize) => Part(layer, 1, headSize);

    private Matrix Part(int layer, int which, int headSize)
    {
        int heads = Width / headSize;
        var part = new Matrix(heads * Tokens, headSize);
        for (int t = 0; t < Tokens; t++)
        {
            var row = Values.AsSpan(((t * Layers + layer) * 2 + which) * Width, Width);
            for (int h = 0; h < heads; h++) row.Slice(h * headSize, headSize).CopyTo(part.Row(h * Tokens + t));
        }
        return part;
    }
}

/// <summary>Factors of a prefix's keys and values in one layer, for each sequence: means over it of gates that see the hidden states.</summary>
/// <param name="Module">The layer's module that sees them as well, and makes the queries of them.</param>
/// <param name="Key">The keys' gate.</param>
/// <param name="Value">The values' gate.</param>
internal sealed record PrefixGates(string Module, RowGate Key, RowGate Value)
{
    /// <summary>The same where x = g * n + beta is seen as n; null stands for ones and zeros.</summary>
    public PrefixGates Folded(float[]? g, float[]? beta) => this with { Key = Key.Folded(g, beta), Value = Value.Folded(g, beta) };
}
