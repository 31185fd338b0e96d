using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Transposed;

/// <summary>
/// One phase of a transposed convolution with its packed weights and its share of the units, each of which has so many of its lines.
/// </summary>
internal sealed record PlannedPhase<T>(TransposedPhase Phase, RightMatrix<T> Weights, int UnitLines, int FirstUnit) where T : unmanaged
{
    public int Units => (Phase.Lines + UnitLines - 1) / UnitLines;

    /// <summary>The lines of this phase that are in units [begin, end) of all: [From, To), empty where From is not below To.</summary>
    public (int From, int To) Lines(int begin, int end) =>
        (Math.Max(begin - FirstUnit, 0) * UnitLines, (int)Math.Min((long)(end - FirstUnit) * UnitLines, Phase.Lines));
}

/// <summary>The phases of a transposed convolution as matrix products, and the step that packs weights which are not constant.</summary>
internal sealed class PhasePlan<T> where T : unmanaged, INumber<T>
{
    /// <summary>About how many outputs of one channel a unit has.</summary>
    private const int UnitRows = 64;

    private PhasePlan(PlannedPhase<T>[] phases, IStep? pack)
    {
        (Phases, Pack) = (phases, pack);
        Units = phases.Length == 0 ? 0 : phases[^1].FirstUnit + phases[^1].Units;
        Factors = phases.Sum(p => (long)p.Phase.K * p.Phase.Rows);
    }

    public PlannedPhase<T>[] Phases { get; }

    public IStep? Pack { get; }

    public int Units { get; }

    /// <summary>Factors of all outputs of one channel.</summary>
    public long Factors { get; }

    /// <param name="c">The node.</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="weights">The operand that holds the weights.</param>
    /// <param name="layout">Names all that the packed form depends on beyond geometry and bytes.</param>
    /// <param name="packer">How weights of one phase are packed.</param>
    public static PhasePlan<T> Make(in PrepareContext c, TransposedGeometry geometry, int weights, string layout, IPhasePacker<T> packer)
    {
        var phases = new List<TransposedPhase>();
        for (int d = 0; d < geometry.Depth.Phases; d++)
        {
            for (int y = 0; y < geometry.Height.Phases; y++)
            {
                for (int x = 0; x < geometry.Width.Phases; x++) phases.Add(new(geometry, d, y, x));
            }
        }
        int columns = geometry.OutputChannels;
        foreach (var phase in phases) c.Require(packer.Length(phase, columns) <= int.MaxValue / 8, "the weights exceed 2 GB when packed");
        RightMatrix<T>[] matrices;
        IStep? pack = null;
        if (c.TryConstant(weights, out _))
        {
            var packed = c.Packed(weights, $"transposed {layout} {geometry}", data =>
            {
                var all = phases.Select(p => new PackedMatrix<T>(1, packer.Length(p, columns))).ToArray();
                for (int i = 0; i < all.Length; i++) packer.Pack(data.Bytes, phases[i], columns, new byte[packer.TemporaryBytes(phases[i], columns)], all[i][0]);
                return all;
            });
            matrices = [.. packed.Select(m => new RightMatrix<T>(m))];
        }
        else
        {
            matrices = new RightMatrix<T>[phases.Count];
            for (int i = 0; i < matrices.Length; i++)
            {
                int length = (int)packer.Length(phases[i], columns);
                matrices[i] = new(c.ScratchShared((long)length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()), length);
            }
            var temporary = c.ScratchShared(phases.Count == 0 ? 0 : phases.Max(p => packer.TemporaryBytes(p, columns)));
            pack = new PackStep([.. phases], matrices, packer, columns, c.In(weights), temporary);
        }
        return new(Share(phases, matrices), pack);
    }

    private static PlannedPhase<T>[] Share(List<TransposedPhase> phases, RightMatrix<T>[] matrices)
    {
        var planned = new PlannedPhase<T>[phases.Count];
        int unit = 0;
        for (int i = 0; i < planned.Length; i++)
        {
            planned[i] = new(phases[i], matrices[i], Math.Clamp(UnitRows / phases[i].Columns, 1, phases[i].Lines), unit);
            unit = checked(unit + planned[i].Units);
        }
        return planned;
    }

    private sealed class PackStep(TransposedPhase[] phases, RightMatrix<T>[] matrices, IPhasePacker<T> packer, int columns, Operand weights, Scratch temporary) : IStep
    {
        public void Run(in RunContext c)
        {
            for (int i = 0; i < phases.Length; i++) packer.Pack(c.Read<byte>(weights), phases[i], columns, c.Scratch<byte>(temporary), matrices[i].Get(c, 0));
        }
    }
}

/// <summary>How the weights of a phase become the right side of a product.</summary>
internal interface IPhasePacker<T> where T : unmanaged
{
    /// <summary>Elements of the packed form.</summary>
    long Length(TransposedPhase phase, int columns);

    /// <summary>Bytes of the weights of a phase as rows.</summary>
    int TemporaryBytes(TransposedPhase phase, int columns);

    void Pack(ReadOnlySpan<byte> weights, TransposedPhase phase, int columns, Span<byte> temporary, Span<T> packed);
}

/// <summary>Float weights.</summary>
internal sealed class FloatPhasePacker : IPhasePacker<float>
{
    public long Length(TransposedPhase phase, int columns) => FloatPanels.Length(phase.K, columns);

    public int TemporaryBytes(TransposedPhase phase, int columns) => checked(phase.K * columns * sizeof(float));

    public void Pack(ReadOnlySpan<byte> weights, TransposedPhase phase, int columns, Span<byte> temporary, Span<float> packed)
    {
        var rows = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(temporary)[..(phase.K * columns)];
        phase.GatherWeights(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(weights), rows);
        FloatPanels.Pack(rows, 1, phase.K, phase.K, columns, packed);
    }
}

/// <summary>8-bit weights, packed without their zero point; runs of factors are continued with zeros to whole words.</summary>
internal sealed class IntPhasePacker<TWeight>(GemmInt kernel, int zeroPoint, PaddedVolume volume) : IPhasePacker<byte> where TWeight : unmanaged, IBinaryInteger<TWeight>
{
    public long Length(TransposedPhase phase, int columns) => kernel.PackedBytes(Runs(phase).K, columns);

    public int TemporaryBytes(TransposedPhase phase, int columns) => checked((phase.K + Runs(phase).K) * columns);

    // A phase without taps has one factor that is zero in the input: what its weight is does not matter.
    public void Pack(ReadOnlySpan<byte> weights, TransposedPhase phase, int columns, Span<byte> temporary, Span<byte> packed)
    {
        var (k, length, padded) = Runs(phase);
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, TWeight>(temporary);
        Span<TWeight> rows = values[..(phase.K * columns)], runs = values.Slice(rows.Length, k * columns);
        phase.GatherWeights(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, TWeight>(weights), rows);
        runs.Fill(TWeight.CreateTruncating(zeroPoint));
        for (int from = 0, to = 0; from < rows.Length; from += length, to += padded) rows.Slice(from, length).CopyTo(runs[to..]);
        kernel.Pack<TWeight>(runs, zeroPoint, 1, k, k, columns, packed);
    }

    private (int K, int Length, int Padded) Runs(TransposedPhase phase)
    {
        if (!phase.HasTaps) return (1, 1, 1);
        var (segments, length) = phase.Segments(volume);
        int padded = kernel.Words(length) * kernel.Group;
        return (checked(segments.Length * padded), length, padded);
    }
}
