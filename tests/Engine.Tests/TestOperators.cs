using Graft.Ops;
using Graft.Runtime;

namespace Graft.Tests;

/// <summary>The custom operators of these tests.</summary>
internal static class TestOperators
{
    /// <summary>x + 1, elementwise.</summary>
    public static CustomOperator Increment => new Elementwise("Increment", static run =>
    {
        var x = run.Input<float>(0);
        var y = run.Output<float>(0);
        for (int i = 0; i < y.Length; i++) y[i] = x[i] + 1;
    });

    /// <summary>The sum of all inputs of one shape, plus 1/8 for each: so that no two orders of nodes give equal results.</summary>
    public static CustomOperator Sum => new Elementwise("Sum", static run =>
    {
        var y = run.Output<float>(0);
        y.Clear();
        for (int n = 0; n < run.InputCount; n++)
        {
            var x = run.Input<float>(n);
            for (int i = 0; i < y.Length; i++) y[i] = (y[i] * 0.75f) + x[i % x.Length] + 0.125f;
        }
    });

    /// <summary>The elements above 0, as many as there are.</summary>
    public static CustomOperator Positive => new DataDependent();

    /// <summary>Does what the test says, with outputs shaped as input 0.</summary>
    public static CustomOperator Calling(string name, Elementwise.Body body) => new Elementwise(name, body);
}

/// <summary>An operator whose outputs have the shape of input 0.</summary>
internal sealed class Elementwise(string name, Elementwise.Body body) : CustomOperator
{
    public delegate void Body(CustomOperatorRun run);

    public override string Name => name;

    public override void Infer(CustomOperatorShapes shapes)
    {
        for (int i = 0; i < shapes.OutputCount; i++) shapes.SetOutput(i, shapes.Input(0).Dimensions);
    }

    public override void Run(CustomOperatorRun run) => body(run);
}

/// <summary>An operator that knows the length of its output only when it has run.</summary>
internal sealed class DataDependent : CustomOperator
{
    public override string Name => "Positive";

    public override void Infer(CustomOperatorShapes shapes)
    {
        if (shapes.InputType(0) != DType.Float32) shapes.Refuse("only float32 is done");
    }

    public override void Run(CustomOperatorRun run)
    {
        int count = 0;
        foreach (float x in run.Input<float>(0)) count += x > 0 ? 1 : 0;
        run.ResizeOutput(0, count);
        var y = run.Output<float>(0);
        int at = 0;
        foreach (float x in run.Input<float>(0))
        {
            if (x > 0) y[at++] = x;
        }
    }
}

/// <summary>An operator with the engine's own interface, for traits that custom operators cannot have.</summary>
internal sealed class InternalOperator(string name, IOp op) : CustomOperator
{
    public override string Name => name;

    public override void Infer(CustomOperatorShapes shapes) => throw new NotSupportedException();

    public override void Run(CustomOperatorRun run) => throw new NotSupportedException();

    internal override OpEntry Entry() => new(new OpSignature(name, "any?* -> any?*"), (in OperatorDef _) => op, op.GetType());
}

/// <summary>y = x + 1 in many independent units; the given unit, if any, fails.</summary>
internal sealed class ParallelIncrement(int failing = -1) : IOp
{
    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0), (int)c.Shape(0).ElementCount, failing);

    private sealed class Step(Operand input, Operand output, int count, int failing) : ParallelStep
    {
        public override int Units => count;

        public override long UnitCost => 1_000_000;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            if (failing >= begin && failing < end) throw new InvalidTimeZoneException($"unit {failing} of worker {worker}");
            var x = c.Read<float>(input);
            var y = c.Write<float>(output);
            for (int i = begin; i < end; i++) y[i] = x[i] + 1;
        }
    }
}

/// <summary>y = 2 x, which may be written over x.</summary>
internal sealed class InPlaceDouble : IOp, IInPlace
{
    public ReadOnlySpan<int> InPlaceInputs => [0];

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0));

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0));

    private sealed class Step(Operand input, Operand output) : IStep
    {
        public void Run(in RunContext c)
        {
            var x = c.Read<float>(input);
            var y = c.Write<float>(output);
            for (int i = 0; i < y.Length; i++) y[i] = 2 * x[i];
        }
    }
}
