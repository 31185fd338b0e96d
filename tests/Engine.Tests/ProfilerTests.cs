using Graft.Schema;

namespace Graft.Tests;

public sealed class ProfilerTests
{
    [Fact]
    public void Every_node_is_counted_in_file_order()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2);
        int weights = b.Reshape(b.Constant("flat", [1f, 2, 3, 4], 4), "folded", 2, 2);
        int y = b.FullyConnected(b.Custom("Increment", [x], "a", DType.Float32, 1, 2), weights, -1, "b", 1, 2);
        using var model = b.Output(b.Custom("Pause", [y], "c", DType.Float32, 1, 2)).Load(TestOperators.Increment,
            TestOperators.Calling("Pause", _ => Thread.Sleep(2)));
        using var interpreter = new Interpreter(model, new() { Profile = true });
        Assert.Empty(interpreter.Profile);
        for (int i = 0; i < 3; i++) interpreter.Invoke();
        Assert.Equal([(0, 1, "Increment", 3), (0, 2, "FULLY_CONNECTED", 3), (0, 3, "Pause", 3)],
            interpreter.Profile.Select(p => (p.Subgraph, p.Node, p.Operator, (int)p.Runs)));
        Assert.Equal("node 3 Pause \"c\"", interpreter.Profile[2].Description);
        Assert.InRange(interpreter.Profile[2].Total.TotalMilliseconds, 6, 6000);
        using var silent = new Interpreter(model);
        silent.Invoke();
        Assert.Empty(silent.Profile);
    }

    [Fact]
    public void Nodes_of_called_subgraphs_are_counted_too()
    {
        var b = new ModelBuilder();
        b.Subgraph("main");
        int condition = b.Input("condition", DType.Bool), x = b.Input("x", DType.Float32, 2), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.If, [condition, x], [y], new IfOptionsRecord { ThenSubgraphIndex = 1, ElseSubgraphIndex = 2 }).Output(y);
        foreach (string branch in (string[])["then", "else"])
        {
            b.Subgraph(branch);
            b.Output(b.Custom("Increment", [b.Input("x", DType.Float32, 2)], branch, DType.Float32, 2));
        }
        using var model = b.Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model, new() { Profile = true });
        foreach (bool taken in (bool[])[true, false, true])
        {
            interpreter.Inputs[0].Span<bool>()[0] = taken;
            interpreter.Invoke();
        }
        Assert.Equal([(0, "node 0 IF \"y\"", 3), (1, "subgraph 1 node 0 Increment \"then\"", 2), (2, "subgraph 2 node 0 Increment \"else\"", 1)],
            interpreter.Profile.Select(p => (p.Subgraph, p.Description, (int)p.Runs)));
    }
}
