using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_REDUCE_WINDOW: the windows of input 0, spread and padded with the initial value in input 1, reduced from it by the function of
/// a region.
/// </summary>
internal sealed class StablehloReduceWindow(Windows windows, int body) : IOp<StablehloReduceWindow>, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [body];

    public static OpSignature Signature => new(BuiltinOperator.StablehloReduceWindow, 1, $"{WindowSteps.Types} =0 -> =0");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static StablehloReduceWindow Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloReduceWindowOptionsView>();
        int[] lengths = Integers.Saturate(options.WindowDimensions);
        int rank = lengths.Length;
        int[] padding = Windows.OrAll(options.Padding, 2 * rank, 0);
        return new(new(lengths, Windows.OrAll(options.WindowStrides, rank, 1), Windows.OrAll(options.WindowDilations, rank, 1),
            Windows.OrAll(options.BaseDilations, rank, 1), [.. padding.Where((_, i) => i % 2 == 0)], [.. padding.Where((_, i) => i % 2 == 1)]),
            options.BodySubgraphIndex);
    }

    public void Infer(in InferContext c)
    {
        WindowSteps.RequireInit(c);
        c.SetOutput(0, windows.Output(c, c.Shape(0)));
    }

    public IStep Prepare(in PrepareContext c) =>
        WindowSteps.For(c, windows.Axes(c.Shape(0), c.OutputShape(0).Dimensions), BodyFunctions.Require(c, body));
}
