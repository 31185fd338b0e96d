namespace Graft.Planning;

/// <summary>The options that a plan depends on.</summary>
internal readonly record struct PlanOptions(KernelSet Kernels, int Threads, bool PreserveAllTensors);
