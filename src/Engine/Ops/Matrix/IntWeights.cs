using Graft.Kernels.Gemm;

namespace Graft.Ops.Matrix;

/// <summary>The packed right side of an integer product, and the way of multiplying that it is packed for.</summary>
internal sealed record IntWeights(GemmInt Kernel, RightMatrix<byte> Panels);
