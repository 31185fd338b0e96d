using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Simd;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>An integer input as left factors of a product, with factors that stand for zero around it.</summary>
internal sealed class PaddedFactors<TIn>(in PrepareContext c, PaddedVolume volume, int operand, LeftFactors kind, TIn zeroPoint) : IStep
    where TIn : unmanaged, IBinaryInteger<TIn>
{
    private readonly Operand _input = c.In(operand);
    private readonly Scratch _factors = c.ScratchShared(volume.Length * LeftRow.FactorBytes(kind) + LeftRow.Slack);

    public PaddedVolume Volume => volume;

    public ReadOnlySpan<byte> Values(in RunContext run) => run.Scratch<byte>(_factors);

    public void Run(in RunContext run) => volume.Copy(0, (int)volume.Lines, new FactorBand<TIn>(kind, run.Read<TIn>(_input), zeroPoint, run.Scratch<byte>(_factors)));
}
