using Graft.Ops.Control;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>IF: runs one of two subgraphs on inputs 1 and following, by the boolean in input 0.</summary>
internal sealed class If(int then, int otherwise) : IOp<If>, IStateful, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [then, otherwise];

    public static OpSignature Signature => new(BuiltinOperator.If, 1, "bool any?* -> any?*");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static If Read(in OperatorDef def)
    {
        var options = def.Options<IfOptionsView>();
        return new(options.ThenSubgraphIndex, options.ElseSubgraphIndex);
    }

    public void Infer(in InferContext c)
    {
        bool isDecided = c.TryBytes(0, out var condition) && condition.Length == 1;
        Branches.Infer(c, isDecided ? _subgraphs.AsSpan(condition[0] != 0 ? 0 : 1, 1) : _subgraphs);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), Branches.Prepare(c, _subgraphs));

    private sealed class Step(Operand condition, SubgraphCall[] branches) : IStep
    {
        public void Run(in RunContext c) => branches[c.Read<byte>(condition)[0] != 0 ? 0 : 1].Run(c);
    }
}
