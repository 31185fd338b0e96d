using Graft.Schema;

namespace Graft.Tests;

public sealed class SignatureTests
{
    [Fact]
    public void Inputs_and_outputs_go_by_name_in_order_of_names()
    {
        var b = new ModelBuilder();
        int x = b.Input("t0", DType.Float32, 2), y = b.Input("t1", DType.Float32, 2);
        int sum = b.Custom("Sum", [x, y], "t2", DType.Float32, 2), plus = b.Custom("Increment", [x], "t3", DType.Float32, 2);
        using var model = b.Output(sum, plus).Signature("serve", [("second", y), ("first", x)], [("z", sum), ("a", plus)])
            .Load(TestOperators.Sum, TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        var runner = interpreter.GetSignatureRunner("serve");
        Assert.Same(runner, interpreter.GetSignatureRunner("serve"));
        Assert.Equal(["first", "second"], runner.Inputs.Select(t => t.Name));
        Assert.Equal(["a", "z"], runner.Outputs.Select(t => t.Name));
        runner.ResizeInputTensor("first", [3]);
        runner.ResizeInputTensor("second", [3]);
        runner.Input("first").Span<float>().Fill(8);
        runner.Input("second").Span<float>().Fill(16);
        runner.Invoke();
        Assert.Equal([9f, 9, 9], runner.Output("a").Span<float>().ToArray());
        Assert.Equal(((8 + 0.125f) * 0.75f) + 16.125f, runner.Output("z").Span<float>()[2]);
        var e = Assert.Throws<ArgumentException>(() => runner.Input("third"));
        Assert.Contains("it has: first, second", e.Message);
        e = Assert.Throws<ArgumentException>(() => interpreter.GetSignatureRunner("train"));
        Assert.Contains("it has: serve", e.Message);
        Assert.Throws<ArgumentException>(() => runner.ResizeInputTensor("a", [3]));
    }

    [Fact]
    public void Signatures_share_resource_variables_and_interpreters_do_not()
    {
        using var model = Counter().Load(TestOperators.Increment);
        using var interpreter = new Interpreter(model);
        using var other = new Interpreter(model);
        SignatureRunner set = interpreter.GetSignatureRunner("set"), get = interpreter.GetSignatureRunner("get");
        foreach (float value in (float[])[3, 11])
        {
            set.Input("value").Span<float>()[0] = value;
            set.Invoke();
            get.Invoke();
            Assert.Equal([value + 1], get.Output("value").Span<float>().ToArray());
        }
        var e = Assert.Throws<OperatorException>(() => other.GetSignatureRunner("get").Invoke());
        Assert.Contains("READ_VARIABLE", e.Message);
    }

    /// <summary>Subgraph 0 assigns a variable; subgraph 1 reads it and adds one.</summary>
    private static ModelBuilder Counter()
    {
        var b = new ModelBuilder();
        b.Subgraph("set");
        int value = b.Input("value", DType.Float32, 1);
        b.Operator(BuiltinOperator.AssignVariable, [Handle(b), value], []).Output().Signature("set", [("value", value)], []);
        b.Subgraph("get");
        int read = b.Tensor("read", DType.Float32, 1);
        b.Operator(BuiltinOperator.ReadVariable, [Handle(b)], [read]);
        int plus = b.Custom("Increment", [read], "plus", DType.Float32, 1);
        return b.Output(plus).Signature("get", [], [("value", plus)]);
    }

    private static int Handle(ModelBuilder b)
    {
        int handle = b.Tensor("handle", DType.Resource, 1);
        b.Operator(BuiltinOperator.VarHandle, [], [handle], new VarHandleOptionsRecord { SharedName = "counter" });
        return handle;
    }
}
