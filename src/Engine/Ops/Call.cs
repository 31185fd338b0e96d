using Graft.Ops.Control;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>CALL: the outputs are those of a subgraph on the inputs.</summary>
internal sealed class Call(int subgraph) : IOp<Call>, IStateful, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [subgraph];

    public static OpSignature Signature => new(BuiltinOperator.Call, 1, "any?* -> any?*");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static Call Read(in OperatorDef def) => new((int)def.Options<CallOptionsView>().Subgraph);

    public void Infer(in InferContext c) => CallStep.Infer(c, subgraph);

    public IStep Prepare(in PrepareContext c) => CallStep.For(c, subgraph);
}
