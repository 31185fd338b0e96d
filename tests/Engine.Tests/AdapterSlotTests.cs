using Graft.Ops;
using Graft.Runtime;

namespace Graft.Tests;

public sealed class AdapterSlotTests
{
    [Fact]
    public void Adaptable_nodes_own_slots_and_others_none()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2), w = b.Constant("w", [1f, 2, 3, 4], 2, 2);
        int y = b.FullyConnected(x, w, -1, "y", 1, 2);
        y = b.FullyConnected(b.Custom("Increment", [y], "z", DType.Float32, 1, 2), w, -1, "u", 1, 2);
        using var model = b.Output(y).Load(TestOperators.Increment);
        Assert.Equal([0, -1, 1], model.Source.Subgraphs[0].Nodes.Select(n => n.Slot));
        Assert.Equal([0, -1, 1], model.Optimized.Subgraphs[0].Nodes.Select(n => n.Slot));
        Assert.Equal(2, model.Source.SlotCount);
    }

    [Fact]
    public void A_run_sees_the_bindings_it_began_with()
    {
        Watch watch = new();
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4);
        for (int i = 0; i < 20; i++) x = b.Custom("Watch", [x], $"y{i}", DType.Float32, 4);
        using var model = b.Output(x).Load(new InternalOperator("Watch", watch));
        using var interpreter = new Interpreter(model);
        bool done = false;
        var switching = new Thread(() =>
        {
            for (int i = 0; !Volatile.Read(ref done); i++) interpreter.Bindings = i % 2 == 0 ? new Bindings([]) : Bindings.None;
        });
        switching.Start();
        for (int run = 0; run < 2000; run++)
        {
            watch.Seen.Clear();
            interpreter.Inputs[0].Span<float>().Fill(run);
            interpreter.Invoke();
            Assert.Single(watch.Seen);
            Assert.Equal(run + 20f, interpreter.Outputs[0].Span<float>()[0]);
        }
        Volatile.Write(ref done, true);
        switching.Join();
    }

    [Fact]
    public void Empty_bindings_change_nothing()
    {
        using var model = ModelSharingTests.Linear().Load();
        using var interpreter = new Interpreter(model);
        foreach (var bindings in (Bindings[])[Bindings.None, new([]), new([null]), Bindings.None])
        {
            interpreter.Bindings = bindings;
            interpreter.Inputs[0].Span<float>().Fill(1);
            interpreter.Invoke();
            Assert.Equal([13f, 27], interpreter.Outputs[0].Span<float>().ToArray());
        }
    }

    private sealed class Watch : IOp, IAdaptable
    {
        public HashSet<Bindings> Seen { get; } = new(ReferenceEqualityComparer.Instance);

        public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

        public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0), Seen, c.Node.Slot);

        private sealed class Step(Operand input, Operand output, HashSet<Bindings> seen, int slot) : IStep
        {
            public void Run(in RunContext c)
            {
                seen.Add(c.Bindings);
                float bound = c.Bindings[slot] is null ? 1 : 100;
                var x = c.Read<float>(input);
                var y = c.Write<float>(output);
                for (int i = 0; i < y.Length; i++) y[i] = x[i] + bound;
            }
        }
    }
}
