namespace Graft.Adapters.Form;

/// <summary>Tokens at the ends of a sequence, without its padding: the first ones, or the last ones, which both count as last.</summary>
/// <param name="First">How many first ones.</param>
/// <param name="Last">How many last ones.</param>
/// <param name="AreLast">Whether the last ones are meant.</param>
internal readonly record struct SequenceEnds(int First, int Last, bool AreLast)
{
    /// <summary>Whether a position belongs to them, the sequence's tokens being from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    public bool Contain(int position, int first, int end)
    {
        bool isLast = position >= end - Last && position < end;
        return AreLast ? isLast : !isLast && position >= first && position < first + First;
    }

    /// <summary>Whether a sequence of <paramref name="length"/> positions has them all.</summary>
    public bool AreIn(int first, int end, int length) => end - Math.Min(Last, length) >= 0 && first + Math.Min(First, length) <= length;
}
