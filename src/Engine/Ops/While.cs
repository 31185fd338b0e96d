using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// WHILE: the outputs begin as the inputs; as long as the condition subgraph says true of them, the body subgraph replaces them. Their
/// shapes may change with every turn.
/// </summary>
internal sealed class While(int condition, int body) : IOp<While>, IStateful, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [condition, body];

    public static OpSignature Signature => new(BuiltinOperator.While, 1, "any?* -> any?*");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static While Read(in OperatorDef def)
    {
        var options = def.Options<WhileOptionsView>();
        return new(options.CondSubgraphIndex, options.BodySubgraphIndex);
    }

    public void Infer(in InferContext c)
    {
        var cond = c.Callee(condition);
        c.Require(c.InputCount == c.OutputCount, $"there are {c.InputCount} inputs and {c.OutputCount} outputs; as many of both are expected");
        SubgraphCall.Match(c, condition, cond, cond.Inputs, c.Node.Inputs.AsSpan(), "inputs");
        c.Require(cond.Outputs.Length == 1 && cond.Tensors[cond.Outputs[0]].Type == DType.Bool, $"subgraph {condition} is the condition: one bool output is expected");
        var shapes = new Shape?[c.InputCount];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = c.Shape(i);
        var verdict = c.InferSubgraph(condition, shapes)[0];
        c.Require(verdict is not { ElementCount: not 1 }, $"the condition has shape {verdict}; one element is expected");

        var next = SubgraphCall.Infer(c, body, firstInput: 0);
        for (int i = 0; i < next.Length; i++)
        {
            if (!IsStable(shapes[i], next[i])) return;
        }
        for (int i = 0; i < next.Length; i++) c.SetOutput(i, next[i]!.Value);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var inputs = new Operand[c.InputCount];
        var outputs = new Operand[c.InputCount];
        var shapes = new Shape[c.InputCount];
        var isMoved = new bool[c.InputCount];
        bool isStatic = true;
        var turn = c.Callee(body);
        for (int i = 0; i < inputs.Length; i++)
        {
            (inputs[i], outputs[i], shapes[i]) = (c.In(i), c.Out(i), c.Shape(i));
            isStatic &= c.IsOutputShapeKnown(i);
            int last = turn.Outputs.LastIndexOf(turn.Inputs[i]);
            isMoved[i] = last >= 0 && (last != i || turn.Outputs.IndexOf(turn.Inputs[i]) != i);
        }
        return new Step(condition, body, inputs, outputs, shapes, isMoved, isStatic);
    }

    /// <summary>A scalar and a shape of [1] are taken for each other, as the reference does.</summary>
    private static bool IsStable(Shape? before, Shape? after) => after is { } shape
        && (before == after || shape.Rank + before!.Value.Rank == 1 && shape.ElementCount == before.Value.ElementCount);

    /// <param name="isMoved">
    /// The variables that the body hands on as another one. They are copied to it, for their place is written before all outputs are taken.
    /// </param>
    private sealed class Step(int condition, int body, Operand[] inputs, Operand[] outputs, Shape[] initial, bool[] isMoved,
        bool isStatic) : IStep
    {
        public void Run(in RunContext c)
        {
            var cond = c.Session.Frame(condition);
            var turn = c.Session.Frame(body);
            var shapes = isStatic ? initial : [.. initial];
            for (int i = 0; i < inputs.Length; i++) c.Frame.Receive(outputs[i].Tensor, c.Frame, inputs[i].Tensor);
            while (Holds(c, cond, shapes))
            {
                turn.Prepare(shapes);
                for (int i = 0; i < outputs.Length; i++)
                {
                    if (isMoved[i]) turn.Receive(turn.Subgraph.Inputs[i], c.Frame, outputs[i].Tensor);
                    else turn.Bind(i, c.Frame, outputs[i].Tensor);
                }
                turn.Run();
                for (int i = 0; i < outputs.Length; i++)
                {
                    c.Frame.Receive(outputs[i].Tensor, turn, turn.Subgraph.Outputs[i]);
                    if (!isStatic) shapes[i] = c.Shape(outputs[i]);
                }
            }
        }

        private bool Holds(in RunContext c, Frame cond, Shape[] shapes)
        {
            c.Session.Cancellation.ThrowIfCancellationRequested();
            cond.Prepare(shapes);
            for (int i = 0; i < outputs.Length; i++) cond.Bind(i, c.Frame, outputs[i].Tensor);
            cond.Run();
            var verdict = cond.Bytes(cond.Subgraph.Outputs[0]);
            if (verdict.Length != 1) StepFault.Raise($"the condition has {verdict.Length} elements; one is expected");
            return verdict[0] != 0;
        }
    }
}
