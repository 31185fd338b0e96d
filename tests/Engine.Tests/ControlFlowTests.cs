using Graft.Schema;

namespace Graft.Tests;

/// <summary>What goldens do not show of operators that call subgraphs and of the state that these share.</summary>
public sealed class ControlFlowTests
{
    [Fact]
    public void An_endless_loop_without_steps_ends_when_it_is_cancelled()
    {
        using var model = Loop(condition: true).Load();
        using var interpreter = new Interpreter(model);
        interpreter.AllocateTensors();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.ThrowsAny<OperationCanceledException>(() => interpreter.Invoke(cancellation.Token));
    }

    [Fact]
    public void A_loop_that_never_turns_hands_its_inputs_on()
    {
        using var model = Loop(condition: false).Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<float>().Fill(7);
        interpreter.Invoke();
        Assert.Equal([7f, 7], interpreter.Outputs[0].Span<float>().ToArray());
    }

    [Fact]
    public void Recursion_is_refused()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.Call, [x], [y], new CallOptionsRecord { Subgraph = 0 }).Output(y);
        Assert.Contains("calls itself", Assert.Throws<ModelFormatException>(() => b.Load()).Message);
    }

    [Fact]
    public void A_call_copies_outputs_of_any_kind_and_names_the_node_that_does_not_fit()
    {
        using var model = Called(DType.Float32).Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<float>().Fill(1);
        interpreter.Invoke();
        Assert.Equal([2f, 2], interpreter.Outputs[0].Span<float>().ToArray());

        using var wrong = Called(DType.Int32).Load(TestOperators.Increment);
        using var failing = new Interpreter(wrong);
        string message = Assert.Throws<OperatorException>(() => failing.AllocateTensors()).Message;
        Assert.Contains("node 0 CALL \"y\"", message);
        Assert.Contains("inputs 0 of subgraph 1 are float32, the node has int32", message);
    }

    [Fact]
    public void A_variable_that_nothing_was_assigned_to_cannot_be_read()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2), handle = b.Tensor("h", DType.Resource), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.VarHandle, [], [handle], new VarHandleOptionsRecord { SharedName = "v" });
        b.Operator(BuiltinOperator.ReadVariable, [handle], [y], new ReadVariableOptionsRecord()).Output(y);
        b.Operator(BuiltinOperator.AssignVariable, [handle, x], [], new AssignVariableOptionsRecord());
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        Assert.Contains("read before anything is assigned", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
    }

    [Fact]
    public void A_variable_smaller_than_declared_is_an_error_and_a_larger_one_gives_its_first_elements()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 3), handle = b.Tensor("h", DType.Resource), y = b.Tensor("y", DType.Float32, 3);
        b.Operator(BuiltinOperator.VarHandle, [], [handle], new VarHandleOptionsRecord { SharedName = "v" });
        b.Operator(BuiltinOperator.AssignVariable, [handle, x], [], new AssignVariableOptionsRecord());
        b.Operator(BuiltinOperator.ReadVariable, [handle], [y], new ReadVariableOptionsRecord()).Output(y);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.ResizeInputTensor(0, [4]);
        interpreter.Inputs[0].Span<float>().Fill(5);
        interpreter.Invoke();
        Assert.Equal([5f, 5, 5], interpreter.Outputs[0].Span<float>().ToArray());
        interpreter.ResizeInputTensor(0, [2]);
        Assert.Contains("the variable has shape [2]; the output is declared as [3]", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
    }

    [Fact]
    public void An_initialiser_that_failed_runs_again()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2);
        b.Operator(BuiltinOperator.CallOnce, [], [], new CallOnceOptionsRecord { InitSubgraphIndex = 1 });
        b.Output(b.Custom("Increment", [x], "y", DType.Float32, 2));
        b.Subgraph("init");
        b.Custom("Flaky", [b.Constant("c", [1f], 1)], "ignored", DType.Float32, 1);
        int runs = 0;
        using var model = b.Load(TestOperators.Increment, TestOperators.Calling("Flaky", run =>
        {
            if (++runs < 3) run.Fail("not yet");
        }));
        using var interpreter = new Interpreter(model);
        Assert.Throws<OperatorException>(() => interpreter.Invoke());
        Assert.Throws<OperatorException>(() => interpreter.Invoke());
        interpreter.Invoke();
        interpreter.Invoke();
        Assert.Equal(3, runs);
    }

    [Fact]
    public void A_hash_table_is_not_asked_before_it_is_filled()
    {
        var b = new ModelBuilder();
        int key = b.Input("key", DType.Int64, 1), table = b.Tensor("t", DType.Resource, 1), found = b.Tensor("found", DType.String, 1);
        var options = new HashtableOptionsRecord { TableId = 3, KeyDtype = TensorType.Int64, ValueDtype = TensorType.String };
        b.Operator(BuiltinOperator.Hashtable, [], [table], options);
        b.Operator(BuiltinOperator.HashtableFind, [table, key, b.Constant("none", ["?"], 1)], [found], new HashtableFindOptionsRecord()).Output(found);
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        Assert.Contains("used before it is filled", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
    }

    /// <summary>x through WHILE with a constant condition and a body that changes nothing.</summary>
    private static ModelBuilder Loop(bool condition)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.While, [x], [y], new WhileOptionsRecord { CondSubgraphIndex = 1, BodySubgraphIndex = 2 }).Output(y);
        b.Subgraph("condition");
        b.Input("x", DType.Float32, 2);
        b.Output(b.Constant("always", DType.Bool, [condition]));
        b.Subgraph("body");
        return b.Output(b.Input("x", DType.Float32, 2));
    }

    /// <summary>CALL of a subgraph that takes float32, with an input of any type.</summary>
    private static ModelBuilder Called(DType type)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", type, 2), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.Call, [x], [y], new CallOptionsRecord { Subgraph = 1 }).Output(y);
        b.Subgraph("callee");
        return b.Output(b.Custom("Increment", [b.Input("x", DType.Float32, 2)], "z", DType.Float32, 2));
    }
}
