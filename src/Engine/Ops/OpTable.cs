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
        OpEntry.Of<Reshape>(),
    ];
}
