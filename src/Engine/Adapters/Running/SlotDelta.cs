using Graft.Adapters.Form;
using Graft.Kernels.Elementwise;
using Graft.Ops.Adapted;

namespace Graft.Adapters.Running;

/// <summary>
/// What one adapter does to one node, packed: y = scale * y + bias + B (A x) + D x + branches, then functions of the rows. The x of the two groups of products are the
/// patches that the node's own filter sees, over all channels, and those of a convolution of its own; see <see cref="LowRankPatch"/>.
/// Immutable, shared by all runs.
/// </summary>
internal sealed class SlotDelta : IDisposable
{
    private readonly IBranch[] _branches;
    private readonly int _branchInputs;

    public SlotDelta(int outputs, LowRank? low, LowRank? own, Matrix? dense, float[]? scale, float[]? bias,
        IReadOnlyList<IBranch> branches, IReadOnlyList<IRowFunction> functions, int branchInputs)
    {
        Functions = [.. functions];
        _branchInputs = branchInputs;
        Outputs = outputs;
        Low = low is null ? null : (new RowFactor(low.A), new PackedFactor(low.Factor, low.Scale));
        Own = own is null ? null : (new RowFactor(own.A), new PackedFactor(own.Factor, own.Scale));
        Dense = dense is null ? null : new PackedFactor(dense);
        (Scale, Bias, _branches) = (scale, bias, [.. branches]);
    }

    public int Outputs { get; }

    public (RowFactor A, PackedFactor B)? Low { get; }

    public (RowFactor A, PackedFactor B)? Own { get; }

    public PackedFactor? Dense { get; }

    /// <summary>Factors of the whole of W x + b; what the bias loses by them is in <see cref="Bias"/>.</summary>
    public float[]? Scale { get; }

    public float[]? Bias { get; }

    /// <summary>What acts on the rows last, in turn.</summary>
    public IRowFunction[] Functions { get; }

    /// <summary>Where sequences have tokens, for functions that act at their ends.</summary>
    public TokenMask? Mask { get; init; }

    /// <summary>Whether a function needs whole sequences.</summary>
    public bool IsGated => Array.Exists(Functions, f => f.IsGated);

    /// <summary>Whether a function needs the whole batch.</summary>
    public bool IsBatchWide => Array.Exists(Functions, f => f.IsBatchWide);

    /// <summary>Whether B (A x) is all there is to add.</summary>
    public bool IsLowRank => Low is not null && Own is null && Dense is null && Scale is null && Bias is null && _branches.Length == 0 && Functions.Length == 0;

    /// <summary>Whether anything but functions reads the input.</summary>
    public bool ReadsInput => Low is not null || Dense is not null || _branches.Length > 0;

    /// <summary>Floats of working memory for one row, beside the row's own input.</summary>
    public int WorkspaceLength => Math.Max(Math.Max(Low?.A.Outputs ?? 0, Own?.A.Outputs ?? 0),
        Math.Max(_branches.Select(b => b.WorkspaceLength).DefaultIfEmpty().Max(), Functions.Select(f => f.WorkspaceLength + (f.ReadsResidual ? Outputs : 0)).DefaultIfEmpty().Max()));

    /// <summary>Floats of one row of input.</summary>
    public int PatchLength => Low?.A.Inputs ?? Own?.A.Inputs ?? Dense?.Inputs ?? _branchInputs;

    public long ByteCount => (Low is { } low ? low.A.ByteCount + low.B.ByteCount : 0) + (Own is { } own ? own.A.ByteCount + own.B.ByteCount : 0) + (Dense?.ByteCount ?? 0)
        + sizeof(float) * ((Scale?.LongLength ?? 0) + (Bias?.LongLength ?? 0)) + Functions.Sum(f => f.ByteCount);

    /// <summary>y = scale * y + bias.</summary>
    public void ScaleRows(Span<float> y, int rows)
    {
        if (Scale is null && Bias is null) return;
        for (int r = 0; r < rows; r++)
        {
            var row = y.Slice(r * Outputs, Outputs);
            if (Scale is not null) Zip.Apply<MulFn<float>, float>(row, Scale, row);
            if (Bias is not null) Zip.Apply<AddFn<float>, float>(row, Bias, row);
        }
    }

    /// <summary>Adds the products and branches for x, the patches of the node's own filter.</summary>
    public void AddTo(ReadOnlySpan<float> x, int stride, int rows, Span<float> y, Span<float> workspace)
    {
        if (Low is { } low) Add(low, x, stride, rows, y, workspace);
        Dense?.MultiplyAdd(x, stride, rows, y);
        foreach (var branch in _branches) branch.AddTo(x, y, rows, workspace);
    }

    /// <summary>Adds the products for x, the patches of a convolution of its own.</summary>
    public void AddOwnTo(ReadOnlySpan<float> x, int stride, int rows, Span<float> y, Span<float> workspace) => Add(Own!.Value, x, stride, rows, y, workspace);

    public void Dispose()
    {
        if (Low is { } low)
        {
            low.A.Dispose();
            low.B.Dispose();
        }
        if (Own is { } own)
        {
            own.A.Dispose();
            own.B.Dispose();
        }
        Dense?.Dispose();
        foreach (var function in Functions) function.Dispose();
    }

    private static void Add((RowFactor A, PackedFactor B) pair, ReadOnlySpan<float> x, int stride, int rows, Span<float> y, Span<float> workspace)
    {
        var shrunk = workspace[..(rows * pair.A.Outputs)];
        pair.A.Multiply(x, stride, rows, shrunk);
        pair.B.Update(shrunk, rows, y);
    }
}
