namespace Graft.Ops;

/// <summary>Checks on lists of axes that options hold.</summary>
internal static class Axes
{
    /// <summary>Each is in [0, rank) and named once.</summary>
    public static bool AreDistinct(int[] axes, int rank) => axes.All(a => a >= 0 && a < rank) && axes.Distinct().Count() == axes.Length;
}
