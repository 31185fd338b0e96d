using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_REDUCE: input 0 reduced along axes by the function of a region, from the initial value in input 1.</summary>
internal sealed class StablehloReduce(int[] axes, int body) : IOp<StablehloReduce>, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [body];

    public static OpSignature Signature => new(BuiltinOperator.StablehloReduce, 1, $"{WindowSteps.Types} =0 -> =0");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static StablehloReduce Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloReduceOptionsView>();
        return new(Integers.Saturate(options.Dimensions), options.BodySubgraphIndex);
    }

    public void Infer(in InferContext c)
    {
        WindowSteps.RequireInit(c);
        var shape = c.Shape(0);
        foreach (int axis in axes) c.Require(axis >= 0 && axis < shape.Rank, $"axis {axis} is outside [0, {shape.Rank - 1}]");
        c.SetOutput(0, [.. Enumerable.Range(0, shape.Rank).Except(axes).Select(a => shape[a])]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        var windows = Windows.Over(shape, axes);
        int[] kept = [.. Enumerable.Range(0, shape.Rank).Select(a => axes.Contains(a) ? 1 : shape[a])];
        return WindowSteps.For(c, windows.Axes(shape, kept), BodyFunctions.Require(c, body));
    }
}
