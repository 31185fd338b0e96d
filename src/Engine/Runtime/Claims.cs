namespace Graft.Runtime;

/// <summary>For each share of a step's units the first that nobody has claimed, on cache lines of its own, two apart, as they are fetched in pairs.</summary>
internal sealed class Claims(int shares)
{
    private const int Distance = 16;

    private readonly long[] _next = new long[(shares + 1) * Distance];

    /// <summary>Everything from this unit on is free; nobody works on the share meanwhile.</summary>
    public void Reset(int share, int begin) => Volatile.Write(ref At(share), begin);

    /// <summary>Claims the next so many units and returns the first, which may lie beyond the end of the share.</summary>
    public long Next(int share, int units) => Interlocked.Add(ref At(share), units) - units;

    private ref long At(int share) => ref _next[(share + 1) * Distance];
}
