using Graft.Adapters.Form;
using Graft.Adapters.Running;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>What is done to a block of rows of W x + b: terms, functions, and what follows them. A block has at most <see cref="RowsMax"/> rows.</summary>
/// <param name="geometry">Sizes of the node.</param>
/// <param name="layout">How its rows lie.</param>
/// <param name="patches">Its input.</param>
/// <param name="own">Patches of an adapter's own convolution, where the node has its size.</param>
/// <param name="residual">What is added behind the node, where that is known.</param>
/// <param name="output">The rows.</param>
internal sealed class DeltaBlocks(ConvGeometry geometry, RowLayout layout, PatchRows patches, PatchRows? own, PatchRows? residual, LinearRows output)
{
    public const int RowsMax = 32;

    public int Rows => geometry.Rows;

    public RowLayout Layout => layout;

    public int Count => (Rows + RowsMax - 1) / RowsMax;

    // Ranks are not known here; 16 is common.
    public long RowCost => (long)(geometry.K + geometry.OutputChannels) * 4;

    /// <summary>Of one row's A x.</summary>
    public long ShrinkCost => (long)geometry.K * 2;

    public LinearRows Output => output;

    public void AddTerms(in RunContext c, SlotDelta delta, int row, int count, int worker)
    {
        var y = output.Rows(c, row, count);
        delta.ScaleRows(y, count);
        var workspace = c.Session.Workspace(worker);
        if (delta.ReadsInput)
        {
            var x = patches.Read(c, row, count, workspace, out int stride, out int used);
            delta.AddTo(x, stride, count, y, workspace[used..]);
        }
        if (delta.Own is null) return;
        if (own is null) StepFault.Raise("the adapter's convolution does not have this node's output size (a dilated filter)");
        var z = own.Read(c, row, count, workspace, out int ownStride, out int ownUsed);
        delta.AddOwnTo(z, ownStride, count, y, workspace[ownUsed..]);
    }

    public void Apply(in RunContext c, IRowFunction function, float gate, int row, int count, int worker) =>
        function.Apply(Seen(c, function, row, count, worker), gate);

    public double GateSum(in RunContext c, IRowFunction function, int row, int count, int worker) => function.GateSum(Seen(c, function, row, count, worker));

    /// <summary>The left side of the product of low rank.</summary>
    public void Shrink(in RunContext c, RowFactor a, int row, int count, Span<float> shrunk, int worker)
    {
        var x = patches.Read(c, row, count, c.Session.Workspace(worker), out int stride, out _);
        a.Multiply(x, stride, count, shrunk);
    }

    private FunctionRows Seen(in RunContext c, IRowFunction function, int row, int count, int worker)
    {
        if (function.ReadsResidual && residual is null) StepFault.Raise("what is added behind it has another shape or type than the adapter needs");
        var workspace = c.Session.Workspace(worker);
        int used = 0, more = 0;
        var input = function.ReadsInput ? patches.Read(c, row, count, workspace, out _, out used) : default;
        var added = function.ReadsResidual ? residual!.Read(c, row, count, workspace[used..], out _, out more) : default;
        return new(count, input, output.Rows(c, row, count), added, workspace[(used + more)..]);
    }
}
