namespace Graft.Ops.Moves;

/// <summary>Block sizes of the spatial axes, and what is added or cut off before and after each.</summary>
internal sealed record SpatialBlocks(int[] Blocks, int[] Before, int[] After)
{
    /// <summary>Reads inputs 1 and 2 for the image in input 0. Null while their values are unknown.</summary>
    public static SpatialBlocks? Read(in InferContext c)
    {
        int axes = c.Shape(0).Rank - 2;
        c.Require(axes >= 1, $"shape {c.Shape(0)} must be [batch,space...,depth]");
        c.Require(c.Shape(1).Rank == 1 && c.Shape(1)[0] == axes,
            $"blocks must have shape [{axes}]; they have {c.Shape(1)}");
        c.Require(c.Shape(2).Rank == 2 && c.Shape(2)[0] == axes && c.Shape(2)[1] == 2,
            $"margins must have shape [{axes},2]; they have {c.Shape(2)}");
        if (!c.TryIntegers(1, out int[]? blocks) || !c.TryIntegers(2, out int[]? margins)) return null;
        foreach (int block in blocks) c.Require(block > 0, $"block {block} is not positive");
        foreach (int margin in margins) c.Require(margin >= 0, $"margin {margin} is negative");
        return Of(blocks, margins);
    }

    public static SpatialBlocks Of(int[] blocks, int[] margins) =>
        new(blocks, [.. margins.Where((_, i) => i % 2 == 0)], [.. margins.Where((_, i) => i % 2 == 1)]);
}
