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

    /// <summary>
    /// Sets the shape of every output from the shapes of the inputs. An output that is left out gets its shape from
    /// <see cref="Run"/>, every time; the nodes after it are then planned while they run.
    /// </summary>
    public abstract void Infer(CustomOperatorShapes shapes);

    /// <summary>Computes the outputs.</summary>
    public abstract void Run(CustomOperatorRun run);

    /// <summary>How the operator enters the table of a model.</summary>
    internal virtual OpEntry Entry() => CustomOp.Entry(this);
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

    /// <summary>False for an optional input that the node leaves out.</summary>
    public bool HasInput(int i) => _context.HasInput(i);

    public Shape Input(int i) => _context.Shape(i);

    public DType InputType(int i) => _context.Type(i);

    public DType OutputType(int i) => _context.Output(i).Type;

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

    public int InputCount => _inputs.Length;

    public int OutputCount => _outputs.Length;

    /// <summary>False for an optional input that the node leaves out.</summary>
    public bool HasInput(int i) => _inputs[i].IsPresent;

    public DType InputType(int i) => _context.Type(_inputs[i]);

    public DType OutputType(int i) => _context.Type(_outputs[i]);

    public Shape InputShape(int i) => _context.Shape(_inputs[i]);

    public Shape OutputShape(int i) => _context.Shape(_outputs[i]);

    /// <summary>The elements of an input. <typeparamref name="T"/> must be the .NET type of its <see cref="DType"/>.</summary>
    public ReadOnlySpan<T> Input<T>(int i) where T : unmanaged
    {
        Require<T>(_inputs[i], "input", i);
        return _context.Read<T>(_inputs[i]);
    }

    /// <summary>The elements of an output, to be written whole.</summary>
    public Span<T> Output<T>(int i) where T : unmanaged
    {
        Require<T>(_outputs[i], "output", i);
        return _context.Write<T>(_outputs[i]);
    }

    /// <summary>The raw bytes of an input: packed elements, string buffers.</summary>
    public ReadOnlySpan<byte> InputBytes(int i) => _context.Read<byte>(_inputs[i]);

    /// <summary>The raw bytes of an output, to be written whole.</summary>
    public Span<byte> OutputBytes(int i) => _context.Write<byte>(_outputs[i]);

    /// <summary>
    /// Gives an output, which <see cref="CustomOperator.Infer"/> left open, its shape and memory. Ask for its span after this.
    /// </summary>
    public void ResizeOutput(int i, params ReadOnlySpan<int> dimensions) => _context.Resize(_outputs[i], new Shape(dimensions));

    /// <summary>Fails the run with this reason and the node's name.</summary>
    public void Fail(string reason) => StepFault.Raise(reason);

    private void Require<T>(Operand operand, string kind, int i) where T : unmanaged
    {
        if (!operand.IsPresent) StepFault.Raise($"{kind} {i} is absent");
        var type = _context.Type(operand);
        if (!type.Stores<T>()) StepFault.Raise($"{kind} {i} holds {type.Name()}, not {typeof(T).Name}");
    }
}
