namespace Graft.Kernels.Detection;

/// <summary>A score and what it belongs to.</summary>
internal readonly record struct ScoredItem(float Score, int Index)
{
    /// <summary>For a heap whose top is the lowest score.</summary>
    internal readonly struct LowestFirst : IHeapOrder<ScoredItem>
    {
        public bool IsBelow(in ScoredItem a, in ScoredItem b) => a.Score > b.Score;
    }

    /// <summary>Descending by score, equal ones by index.</summary>
    public static int Descending(ScoredItem a, ScoredItem b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Index.CompareTo(b.Index);
}
