namespace Graft.Ops;

/// <summary>Every operator, one row each, sorted by name. Adding an operator is a new file and a row here.</summary>
internal static class OpTable
{
    public static readonly OpEntry[] Rows =
    [
        OpEntry.Of<AssignVariable>(),
        OpEntry.Of<AveragePool2D>(),
        OpEntry.Of<BatchMatMul>(),
        OpEntry.Of<BroadcastTo>(),
        OpEntry.Of<Call>(),
        OpEntry.Of<CallOnce>(),
        OpEntry.Of<Concatenation>(),
        OpEntry.Of<Conv2D>(),
        OpEntry.Of<DepthToSpace>(),
        OpEntry.Of<DepthwiseConv2D>(),
        OpEntry.Of<ExpandDims>(),
        OpEntry.Of<Fill>(),
        OpEntry.Of<FullyConnected>(),
        OpEntry.Of<If>(),
        OpEntry.Of<L2Pool2D>(),
        OpEntry.Of<MaxPool2D>(),
        OpEntry.Of<MirrorPad>(),
        OpEntry.Of<Pack>(),
        OpEntry.Of<Pad>(),
        OpEntry.Of<PadV2>(),
        OpEntry.Of<Rank>(),
        OpEntry.Of<ReadVariable>(),
        OpEntry.Of<Reshape>(),
        OpEntry.Of<ResizeBilinear>(),
        OpEntry.Of<ResizeNearestNeighbor>(),
        OpEntry.Of<ReverseV2>(),
        OpEntry.Of<ShapeOf>(),
        OpEntry.Of<Slice>(),
        OpEntry.Of<SpaceToDepth>(),
        OpEntry.Of<Split>(),
        OpEntry.Of<SplitV>(),
        OpEntry.Of<Squeeze>(),
        OpEntry.Of<StablehloCase>(),
        OpEntry.Of<StablehloComposite>(),
        OpEntry.Of<StridedSlice>(),
        OpEntry.Of<Tile>(),
        OpEntry.Of<Transpose>(),
        OpEntry.Of<Unpack>(),
        OpEntry.Of<VarHandle>(),
        OpEntry.Of<While>(),
    ];
}
