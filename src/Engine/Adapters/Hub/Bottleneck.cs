using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>What a bottleneck adds to what it has computed.</summary>
internal enum Shortcut
{
    /// <summary>The layer's own outputs h; the bottleneck itself sees the residual r: it is parallel to the layer.</summary>
    Parallel,

    /// <summary>h.</summary>
    Hidden,

    /// <summary>h + r.</summary>
    Sum,

    /// <summary>What the bottleneck sees.</summary>
    Seen,
}

/// <summary>
/// A bottleneck behind a layer with outputs h, to which r is added later (Houlsby et al. 2019, arXiv 1902.00751; Pfeiffer et al. 2020,
/// arXiv 2005.00247; He et al. 2021, arXiv 2110.04366): x = h, or original(h + r), or r where it is parallel;
/// o = gate * scale * (U f(D before(x) + b) + c); y = after(o) + shortcut, or after(o + shortcut).
/// </summary>
internal sealed class Bottleneck : IRowFunction
{
    private readonly PackedFactor _down, _up;

    public Bottleneck(Matrix down, Matrix up)
    {
        _down = new PackedFactor(down);
        _up = new PackedFactor(up);
    }

    public required float[]? DownBias { get; init; }

    public required float[]? UpBias { get; init; }

    public required VectorFunction Activation { get; init; }

    /// <summary>A factor for each output, or one for all.</summary>
    public required float[] Scale { get; init; }

    public required Shortcut Shortcut { get; init; }

    /// <summary>The base's own norm behind the layer, where the bottleneck sees its result.</summary>
    public required NormVectors? Original { get; init; }

    public required NormVectors? Before { get; init; }

    public required NormVectors? After { get; init; }

    /// <summary>Whether the shortcut is added before <see cref="After"/>.</summary>
    public required bool IsShortcutNormed { get; init; }

    public required RowGate? Gate { get; init; }

    private int Width => _up.Outputs;

    private bool IsParallel => Shortcut == Shortcut.Parallel;

    public int WorkspaceLength => 3 * Width + _down.Outputs;

    public long ByteCount => _down.ByteCount + _up.ByteCount;

    public bool ReadsInput => false;

    public bool ReadsResidual => IsParallel || Original is not null || Shortcut == Shortcut.Sum;

    public bool IsGated => Gate is not null;

    public IRowFunction Folded(float[]? f, float[]? g, float[]? beta) => f is null ? this
        : throw new AdapterException("a bottleneck needs the layer's own outputs, but the export has multiplied a factor into them");

    public double GateSum(in FunctionRows rows)
    {
        var x = rows.Workspace[..(rows.Count * Width)];
        See(rows, x);
        return Gate!.Sum(x);
    }

    public void Apply(in FunctionRows rows, float gate)
    {
        int length = rows.Count * Width, narrow = rows.Count * _down.Outputs;
        Span<float> x = rows.Workspace[..length], seen = rows.Workspace.Slice(length, length);
        Span<float> result = rows.Workspace.Slice(2 * length, length), shrunk = rows.Workspace.Slice(3 * length, narrow);
        See(rows, seen);
        seen.CopyTo(x);
        Before?.Apply(x);
        _down.Multiply(x, Width, rows.Count, shrunk);
        AddEach(shrunk, DownBias);
        Activation(shrunk);
        _up.Multiply(shrunk, _down.Outputs, rows.Count, result);
        AddEach(result, UpBias);
        for (int i = 0; i < length; i++) result[i] *= gate * (Scale.Length == 1 ? Scale[0] : Scale[i % Width]);
        if (IsShortcutNormed) AddShortcut(rows, seen, result);
        After?.Apply(result);
        if (!IsShortcutNormed) AddShortcut(rows, seen, result);
        result.CopyTo(rows.Output);
    }

    public void Dispose()
    {
        _down.Dispose();
        _up.Dispose();
    }

    private void See(in FunctionRows rows, Span<float> x)
    {
        if (IsParallel)
        {
            rows.Residual.CopyTo(x);
            return;
        }
        rows.Output.CopyTo(x);
        if (Original is null) return;
        Add(rows.Residual, x);
        Original.Apply(x);
    }

    private void AddShortcut(in FunctionRows rows, ReadOnlySpan<float> seen, Span<float> result)
    {
        Add(Shortcut == Shortcut.Seen ? seen : rows.Output, result);
        if (Shortcut == Shortcut.Sum) Add(rows.Residual, result);
    }

    private static void Add(ReadOnlySpan<float> values, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++) to[i] += values[i];
    }

    private static void AddEach(Span<float> rows, float[]? bias)
    {
        if (bias is null) return;
        for (int i = 0; i < rows.Length; i++) rows[i] += bias[i % bias.Length];
    }
}
