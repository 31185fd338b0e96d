namespace Graft.Planning;

/// <summary>The options that a plan depends on.</summary>
/// <param name="Kernels">Which kernels.</param>
/// <param name="Threads">Workers of an interpreter.</param>
/// <param name="PreserveAllTensors">Whether every tensor keeps memory of its own.</param>
/// <param name="PlainFloats">Whether float results must have the bits of plain loops: see <see cref="FloatDemand"/>.</param>
/// <param name="Adapted">Whether adapters may be bound to slots.</param>
internal readonly record struct PlanOptions(KernelSet Kernels, int Threads, bool PreserveAllTensors, bool PlainFloats = false, bool Adapted = false);
