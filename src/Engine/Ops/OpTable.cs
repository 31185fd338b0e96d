namespace Graft.Ops;

/// <summary>Every operator, one row each, sorted by name. Adding an operator is a new file and a row here.</summary>
internal static class OpTable
{
    public static readonly OpEntry[] Rows =
    [
        OpEntry.Of<Conv2D>(),
        OpEntry.Of<DepthwiseConv2D>(),
        OpEntry.Of<FullyConnected>(),
        OpEntry.Of<BroadcastTo>(),
        OpEntry.Of<Concatenation>(),
        OpEntry.Of<DepthToSpace>(),
        OpEntry.Of<ExpandDims>(),
        OpEntry.Of<Fill>(),
        OpEntry.Of<MirrorPad>(),
        OpEntry.Of<Pack>(),
        OpEntry.Of<Pad>(),
        OpEntry.Of<PadV2>(),
        OpEntry.Of<Rank>(),
        OpEntry.Of<Reshape>(),
        OpEntry.Of<ReverseV2>(),
        OpEntry.Of<ShapeOf>(),
        OpEntry.Of<Slice>(),
        OpEntry.Of<SpaceToDepth>(),
        OpEntry.Of<Split>(),
        OpEntry.Of<SplitV>(),
        OpEntry.Of<Squeeze>(),
        OpEntry.Of<StridedSlice>(),
        OpEntry.Of<Tile>(),
        OpEntry.Of<Transpose>(),
        OpEntry.Of<Unpack>(),
    ];
}
