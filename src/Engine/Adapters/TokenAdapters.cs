using System.Collections.Immutable;
using Graft.Adapters;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// Adapters for segments of tokens: in each sequence, so many consecutive tokens use one adapter, or none, and the next ones another. Every adapted
/// layer must have a row for each token of each sequence, in order; a run fails at a layer that has not, and names it. A row has the bits that it
/// would have from the same inputs of that layer if all tokens used its adapter, except where a model quantises a whole tensor by its largest element.
/// </summary>
public sealed class TokenAdapters : AdapterSelection
{
    /// <summary>Segments of a batch of one sequence.</summary>
    /// <param name="segments">In the order of the tokens: an adapter, or null for the plain model, and how many tokens use it, which may be 0.</param>
    /// <exception cref="ArgumentException">No segment has an adapter or a token, a number is negative, or adapters belong to different models.</exception>
    /// <exception cref="AdapterException">An adapter cannot be mixed within a sequence; the message names it and the reason.</exception>
    public TokenAdapters(params ReadOnlySpan<(Adapter? Adapter, int Tokens)> segments) : this(ImmutableArray.Create(ImmutableArray.Create(segments)))
    {
    }

    /// <summary>Segments of each sequence of a batch.</summary>
    /// <param name="sequences">Segments as for one sequence; all sequences have the same number of tokens.</param>
    /// <exception cref="ArgumentException">As for one sequence, or numbers of tokens differ between sequences.</exception>
    /// <exception cref="AdapterException">An adapter cannot be mixed within a sequence; the message names it and the reason.</exception>
    public TokenAdapters(params ReadOnlySpan<(Adapter? Adapter, int Tokens)[]> sequences) : this(ImmutableArray.CreateRange(sequences.ToArray().Select(s => s.ToImmutableArray())))
    {
    }

    private TokenAdapters(ImmutableArray<ImmutableArray<(Adapter? Adapter, int Tokens)>> sequences) : base(MixedBindings.First(Adapters(sequences)).Model)
    {
        Sequences = sequences;
        long tokens = Count(sequences[0]);
        if (tokens == 0) throw new ArgumentException("the segments have no tokens");
        for (int i = 1; i < sequences.Length; i++)
        {
            if (Count(sequences[i]) is var count && count != tokens) throw new ArgumentException($"the segments of sequence {i} have {count} tokens, those of sequence 0 have {tokens}");
        }
        Bindings = new Segments(sequences, tokens);
        foreach (var adapter in Adapters(sequences)) adapter?.RequireTokenwise();
    }

    /// <summary>The segments of each sequence.</summary>
    public ImmutableArray<ImmutableArray<(Adapter? Adapter, int Tokens)>> Sequences { get; }

    internal override Bindings Bindings { get; }

    internal override bool TryAcquire() => Bindings.TryAcquire();

    internal override void Release() => Bindings.Release();

    private static Adapter?[] Adapters(IEnumerable<ImmutableArray<(Adapter? Adapter, int Tokens)>> sequences) => [.. sequences.SelectMany(s => s).Select(s => s.Adapter)];

    private static long Count(ImmutableArray<(Adapter? Adapter, int Tokens)> segments)
    {
        foreach (var (_, tokens) in segments)
        {
            if (tokens < 0) throw new ArgumentException($"a segment cannot have {tokens} tokens");
        }
        return segments.Sum(s => (long)s.Tokens);
    }

    /// <summary>Runs of tokens, which are rows of a node.</summary>
    private sealed class Segments : MixedBindings
    {
        private readonly int _sequences;
        private readonly long _tokens;

        /// <summary>Where segments end, all sequences behind each other.</summary>
        private readonly long[] _ends;

        public Segments(ImmutableArray<ImmutableArray<(Adapter? Adapter, int Tokens)>> sequences, long tokens) : base(Adapters(sequences))
        {
            (_sequences, _tokens) = (sequences.Length, tokens);
            long end = 0;
            _ends = [.. sequences.SelectMany(s => s).Select(s => end += s.Tokens)];
        }

        public override object? For(int slot, int row, RowLayout layout, ref int count)
        {
            layout.RequireTokens(_sequences, _tokens);
            int last = Segment(row), number = Numbers[last];
            while (_ends[last] < row + count && (Numbers[last + 1] == number || _ends[last + 1] == _ends[last])) last++;
            count = (int)Math.Min(count, _ends[last] - row);
            return Bound(number, slot);
        }

        /// <summary>The segment that has the row.</summary>
        private int Segment(int row)
        {
            int low = 0, high = _ends.Length - 1;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (_ends[middle] > row) high = middle;
                else low = middle + 1;
            }
            return low;
        }
    }
}
