using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Volumes;

/// <summary>A float input with zeros around it: the operand itself where it needs none, otherwise a copy that this step makes.</summary>
internal sealed class PaddedInput : ParallelStep
{
    private readonly Operand _input;
    private readonly PaddedVolume _volume;
    private readonly Scratch _copy;

    public PaddedInput(in PrepareContext c, PaddedVolume volume, int operand)
    {
        (_input, _volume) = (c.In(operand), volume);
        if (volume.IsCopied) _copy = c.ScratchShared(volume.Length * sizeof(float));
    }

    public PaddedVolume Volume => _volume;

    public override int Units => _volume.IsCopied ? (int)_volume.Lines : 0;

    public override long UnitCost => _volume.Pitch / 8;

    public ReadOnlySpan<float> Values(in RunContext c) => _volume.IsCopied ? c.Scratch<float>(_copy) : c.Read<float>(_input);

    public override void RunRange(in RunContext c, int begin, int end, int worker) => _volume.Copy(begin, end, new FloatBand(c.Read<float>(_input), c.Scratch<float>(_copy)));

    /// <summary>This step before another, where it has anything to do.</summary>
    public IStep Before(IStep step) => Units == 0 ? step : new Sequence(this, step);
}
