using Graft.Adapters.Running;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>
/// The product with the values of an attention, with an adapter slot: the plain step attends to the sequence, then each row is moved
/// towards what it sees in a prefix. A unit is a head of a sequence; a row's bits depend on that row and its adapter alone.
/// </summary>
internal sealed class AdaptedAttention : ParallelStep
{
    /// <summary>Rows that are done at once.</summary>
    public const int RowsMax = DeltaBlocks.RowsMax;

    private readonly int _slot, _queries, _heads, _headSize;
    private readonly RowLayout _layout;
    private readonly PatchRows _input;
    private readonly ScoreRows _scores;
    private readonly OutputRows _output;
    private readonly SequenceRows? _hidden;

    private AdaptedAttention(int slot, RowLayout layout, int queries, int heads, int headSize, PatchRows input, ScoreRows scores, OutputRows output, SequenceRows? hidden) =>
        (_slot, _layout, _queries, _heads, _headSize, _input, _scores, _output, _hidden) = (slot, layout, queries, heads, headSize, input, scores, output, hidden);

    /// <summary>Adds the slot to the step of a product, when that belongs to an attention.</summary>
    public static IStep Wrap(in PrepareContext c, IStep plain)
    {
        if (!c.IsAdapted || Attention.Find(c.Subgraph, c.Node) is not { } attention) return plain;
        return new ChangedStep(c.Node.Slot, plain, Of(c, attention), "the adapter's prefix belongs to this attention, but its shapes and types do not tell heads and sequences");
    }

    private static AdaptedAttention? Of(in PrepareContext c, Attention attention)
    {
        var context = c;
        var output = c.OutputShape(0);
        if (output.ElementCount == 0 || c.ShapeOf(attention.Query) is not { } query || c.ShapeOf(attention.Scores) is not { } scores) return null;
        int rows = (int)(output.ElementCount / output[^1]), sequences = Sequences.Count(c.Subgraph, t => context.ShapeOf(t));
        if (query.ElementCount != output.ElementCount || query[^1] != output[^1] || scores.ElementCount != (long)rows * scores[^1]) return null;
        if (sequences == 0 || rows % (sequences * output[^2]) != 0) return null;
        return PatchRows.Of(c.Subgraph.Tensors[attention.Query], rows, output[^1], new Operand(attention.Query)) is { } queries
            && ScoreRows.Of(c.Subgraph.Tensors[attention.Scores], scores[^1], new Operand(attention.Scores), attention.Beta) is { } scoreRows
            && OutputRows.Of(c.Output(0), c.Out(0)) is { } outputRows
            ? new(c.Node.Slot, Sequences.Rows(c, output.Dimensions[..^1]), output[^2], rows / (sequences * output[^2]), output[^1], queries, scoreRows, outputRows, SequenceRows.Of(c, attention.Hidden, sequences)) : null;
    }

    public override int Units => _layout.Rows / _queries;

    // Tokens of a prefix are not known here; 16 is common.
    public override long UnitCost => (long)_queries * _headSize * 64;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        for (int unit = begin; unit < end; unit++)
        {
            int last = (unit + 1) * _queries;
            (float Key, float Value)? gates = null;
            for (int row = unit * _queries; row < last;)
            {
                int count = Math.Min(RowsMax, last - row);
                if (c.Bindings.For(_slot, row, _layout, ref count) is PrefixDelta delta) Apply(c, delta, unit % _heads, gates ??= Gates(c, delta, unit / _heads, worker), row, count, worker);
                row += count;
            }
        }
    }

    /// <summary>Means over a sequence of what its hidden states say of the prefix's keys and values.</summary>
    private (float Key, float Value) Gates(in RunContext c, PrefixDelta delta, int sequence, int worker)
    {
        if (!delta.IsGated) return (1, 1);
        if (_hidden is null || _hidden.Width != delta.GateWidth) StepFault.Raise("the prefix has a gate, but the hidden states of which the queries are made were not found, or have another width");
        double keys = 0, values = 0;
        for (int at = 0; at < _hidden.Length; at += RowsMax)
        {
            var (key, value) = delta.GateSums(_hidden.Read(c, sequence, at, Math.Min(RowsMax, _hidden.Length - at), c.Session.Workspace(worker)));
            (keys, values) = (keys + key, values + value);
        }
        return ((float)(keys / _hidden.Length), (float)(values / _hidden.Length));
    }

    private void Apply(in RunContext c, PrefixDelta delta, int head, (float Key, float Value) gates, int row, int count, int worker)
    {
        if (_headSize != delta.HeadSize || _heads % delta.Heads != 0)
            StepFault.Raise($"the prefix has {delta.Heads} heads of {delta.HeadSize} elements, the model {_heads} of {_headSize}");
        var workspace = c.Session.Workspace(worker);
        var queries = _input.Read(c, row, count, workspace, out int stride, out int used);
        var logSums = workspace.Slice(used, count);
        for (int i = 0; i < count; i++) logSums[i] = _scores.LogSum(c, row + i);
        workspace = workspace[(used + count)..];
        int length = count * _headSize;
        var output = _output.Open(c, row * _headSize, length, workspace[..length]);
        delta.Apply(head / (_heads / delta.Heads), gates, queries, stride, logSums, output, workspace[length..]);
        _output.Close(c, row * _headSize, output);
    }
}
