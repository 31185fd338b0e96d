namespace Graft.Ops;

/// <summary>Every operator, one row each, sorted by name. Adding an operator is a new file and a row here.</summary>
internal static class OpTable
{
    public static readonly OpEntry[] Rows =
    [
        OpEntry.Of<BatchMatMul>(),
        OpEntry.Of<Conv2D>(),
        OpEntry.Of<DepthwiseConv2D>(),
        OpEntry.Of<FullyConnected>(),
        OpEntry.Of<AssignVariable>(),
        OpEntry.Of<Call>(),
        OpEntry.Of<CallOnce>(),
        OpEntry.Of<If>(),
        OpEntry.Of<ReadVariable>(),
        OpEntry.Of<Reshape>(),
        OpEntry.Of<StablehloCase>(),
        OpEntry.Of<StablehloComposite>(),
        OpEntry.Of<VarHandle>(),
        OpEntry.Of<While>(),
        OpEntry.Of<AveragePool2D>(),
        OpEntry.Of<L2Pool2D>(),
        OpEntry.Of<MaxPool2D>(),
        OpEntry.Of<Reshape>(),
        OpEntry.Of<ResizeBilinear>(),
        OpEntry.Of<ResizeNearestNeighbor>(),
    ];
}
