using Graft.Graphs;

namespace Graft.Ops.Adapted;

/// <summary>Which linear layers deltas can be added to, by their types: those that read and yield real numbers of one kind.</summary>
internal static class LinearLayers
{
    public static bool TakeDeltas(TensorInfo input, TensorInfo output) =>
        input.Type != DType.Float16 && (input.Type == DType.Float32 || input.Type == output.Type);
}
