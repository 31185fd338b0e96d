namespace Graft.Kernels.Move;

/// <summary>
/// One loop of a strided copy: its length, and the step of either side in elements, which may be 0 or negative.
/// </summary>
internal readonly record struct CopyAxis(int Length, long Source, long Target);
