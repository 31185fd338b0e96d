using System.Numerics;
using Graft.Kernels.Fourier;
using Graft.Runtime;

namespace Graft.Ops.Fourier;

/// <summary>Takes one part of complex values.</summary>
internal static class ComplexPartStep
{
    public static readonly string[] Types = ["c64 -> f32", "c128 -> f64"];

    public static IStep For(in PrepareContext c, int part) => c.Type(0) == DType.Complex64
        ? new Step<float>(c.In(0), c.Out(0), part)
        : new Step<double>(c.In(0), c.Out(0), part);

    private sealed class Step<T>(Operand input, Operand output, int part) : IStep where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(in RunContext c) => ComplexParts.Take(c.Read<T>(input), part, c.Write<T>(output));
    }
}
