namespace Graft.Runtime;

/// <summary>Where a tensor of a frame is now, and its shape. A zero address means that it has no memory yet.</summary>
internal struct TensorState
{
    public nint Address;
    public int ByteCount;
    public Shape Shape;
    public bool IsShapeKnown;
}
