namespace Graft.Adapters.Form;

/// <summary>
/// A function of a linear layer's rows that sees more than its input: its outputs, which it replaces, and what is added to them behind the
/// layer, the residual. Bottlenecks and gates are such. It acts after all other terms of the layer; a row's result does not depend on other
/// rows but for the gate.
/// </summary>
internal interface IRowFunction : IDisposable
{
    /// <summary>Floats of working memory for one row.</summary>
    int WorkspaceLength { get; }

    long ByteCount { get; }

    bool ReadsInput { get; }

    bool ReadsResidual { get; }

    /// <summary>Whether the rows of a sequence share a factor, the mean of a number that each of them yields.</summary>
    bool IsGated { get; }

    /// <summary>Whether that mean is one over all rows of a batch.</summary>
    bool IsBatchWide => false;

    /// <summary>The tokens of a sequence that it acts on; null for all rows.</summary>
    SequenceEnds? Ends => null;

    /// <summary>The same function where the layer yields f * y from n with x = g * n + beta; null stands for ones and zeros.</summary>
    /// <exception cref="AdapterException">The function cannot be carried over.</exception>
    IRowFunction Folded(float[]? f, float[]? g, float[]? beta);

    /// <summary>The sum over these rows of what the gate is the mean of.</summary>
    double GateSum(in FunctionRows rows);

    /// <summary>Replaces the outputs.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="gate">The gate of their sequence; 1 when there is none.</param>
    void Apply(in FunctionRows rows, float gate);
}

/// <summary>Some rows of a layer, as a function sees them; what it does not read is empty.</summary>
internal readonly ref struct FunctionRows(int count, ReadOnlySpan<float> input, Span<float> output, ReadOnlySpan<float> residual, Span<float> workspace)
{
    public int Count { get; } = count;

    public ReadOnlySpan<float> Input { get; } = input;

    public Span<float> Output { get; } = output;

    public ReadOnlySpan<float> Residual { get; } = residual;

    /// <summary>As many floats as the function wants for each row.</summary>
    public Span<float> Workspace { get; } = workspace;
}
