using Graft.Ops.Control;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_COMPOSITE: a named operation, computed by the subgraph that decomposes it. Its attributes name the intent only.</summary>
internal sealed class StablehloComposite(int decomposition) : IOp<StablehloComposite>, IStateful, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [decomposition];

    public static OpSignature Signature => new(BuiltinOperator.StablehloComposite, 1, "any?* -> any?*");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static StablehloComposite Read(in OperatorDef def) =>
        new(def.Options2<StableHLOCompositeOptionsView>().DecompositionSubgraphIndex);

    public void Infer(in InferContext c) => CallStep.Infer(c, decomposition);

    public IStep Prepare(in PrepareContext c) => CallStep.For(c, decomposition);
}
