using Graft.Ops;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// An operator that the caller provides, for models with custom operators. Register it through
/// <see cref="ModelOptions.CustomOperators"/>. One object serves all nodes, interpreters and threads: keep it stateless.
/// </summary>
public abstract class CustomOperator
{
    /// <summary>The custom code of the operator in the model.</summary>
    public abstract string Name { get; }

    /// <summary>Sets the shape of every output from the shapes of the inputs.</summary>
    public abstract void Infer(CustomOperatorShapes shapes);

    /// <summary>Computes the outputs.</summary>
    public abstract void Run(CustomOperatorRun run);
}

/// <summary>What a custom operator sees while shapes are inferred.</summary>
public readonly ref struct CustomOperatorShapes
{
    private readonly InferContext _context;

    internal CustomOperatorShapes(in InferContext context, ReadOnlySpan<byte> options)
    {
        _context = context;
        Options = options;
    }

    /// <summary>The operator's custom options, as the file holds them.</summary>
    public ReadOnlySpan<byte> Options { get; }

    public int InputCount => _context.InputCount;

    public int OutputCount => _context.OutputCount;

    public Shape Input(int i) => _context.Shape(i);

    public DType InputType(int i) => _context.Type(i);

    public void SetOutput(int i, params ReadOnlySpan<int> dimensions) => _context.SetOutput(i, dimensions);

    /// <summary>Refuses the node: loading or running fails with this reason and the node's name.</summary>
    public void Refuse(string reason) => _context.Fail(reason);
}

/// <summary>What a custom operator sees while it runs: its tensors as spans.</summary>
public readonly ref struct CustomOperatorRun
{
    private readonly RunContext _context;
    private readonly ReadOnlySpan<Operand> _inputs;
    private readonly ReadOnlySpan<Operand> _outputs;

    internal CustomOperatorRun(in RunContext context, ReadOnlySpan<Operand> inputs, ReadOnlySpan<Operand> outputs, ReadOnlySpan<byte> options)
    {
        _context = context;
        _inputs = inputs;
        _outputs = outputs;
        Options = options;
    }

    /// <summary>The operator's custom options, as the file holds them.</summary>
    public ReadOnlySpan<byte> Options { get; }

    public Shape InputShape(int i) => _context.Shape(_inputs[i]);

    public Shape OutputShape(int i) => _context.Shape(_outputs[i]);

    public ReadOnlySpan<T> Input<T>(int i) where T : unmanaged => _context.Read<T>(_inputs[i]);

    public Span<T> Output<T>(int i) where T : unmanaged => _context.Write<T>(_outputs[i]);

    /// <summary>Fails the run with this reason and the node's name.</summary>
    public void Fail(string reason) => StepFault.Raise(reason);
}
