using Graft.Ops.Control;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_CASE: runs the subgraph that input 0 counts to, or the last one when it is out of range, on the other inputs.</summary>
internal sealed class StablehloCase(int[] branches) : IOp<StablehloCase>, IStateful, ICallsSubgraphs
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloCase, 1, "i32 any?* -> any?*");

    public ReadOnlySpan<int> Subgraphs => branches;

    public static StablehloCase Read(in OperatorDef def) =>
        new(def.Options2<StablehloCaseOptionsView>().BranchSubgraphIndices.ToArray());

    public void Infer(in InferContext c)
    {
        c.Require(branches.Length > 0, "there is no branch");
        Branches.Infer(c, branches);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), Branches.Prepare(c, branches));

    private sealed class Step(Operand index, SubgraphCall[] branches) : IStep
    {
        public void Run(in RunContext c)
        {
            int chosen = c.Read<int>(index)[0];
            branches[(uint)chosen < (uint)branches.Length ? chosen : branches.Length - 1].Run(c);
        }
    }
}
