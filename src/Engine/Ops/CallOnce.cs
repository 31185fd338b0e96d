using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>CALL_ONCE: runs a subgraph without inputs and outputs the first time that an interpreter gets there.</summary>
internal sealed class CallOnce(int initializer) : IOp<CallOnce>, IStateful, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [initializer];

    public static OpSignature Signature => new(BuiltinOperator.CallOnce, 1, "->");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static CallOnce Read(in OperatorDef def) => new(def.Options<CallOnceOptionsView>().InitSubgraphIndex);

    public void Infer(in InferContext c) => SubgraphCall.Infer(c, initializer, firstInput: 0);

    public IStep Prepare(in PrepareContext c) => new Step(initializer, SubgraphCall.Of(c, initializer, firstInput: 0));

    private sealed class Step(int initializer, SubgraphCall call) : IStep
    {
        public void Run(in RunContext c)
        {
            var resources = c.Session.Resources;
            if (!resources.Once(initializer)) return;
            bool isDone = false;
            try
            {
                call.Run(c);
                isDone = true;
            }
            finally
            {
                // What failed or was cancelled is tried again by the next run.
                if (!isDone) resources.Forget(initializer);
            }
        }
    }
}
