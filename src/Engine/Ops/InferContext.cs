using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Errors;
using Graft.Graphs;

namespace Graft.Ops;

/// <summary>One node's view of the tensor facts, for shape inference. Input shapes are known when an operator is asked.</summary>
internal readonly struct InferContext(ITensorFacts facts, Subgraph subgraph, Node node)
{
    private readonly ITensorFacts _facts = facts;

    public Subgraph Subgraph { get; } = subgraph;

    public Node Node { get; } = node;

    public int InputCount => Node.Inputs.Length;

    public int OutputCount => Node.Outputs.Length;

    /// <summary>Whether an input is there; the index may be -1, for one that the operator does not have.</summary>
    public bool HasInput(int i) => (uint)i < (uint)Node.Inputs.Length && Node.Inputs[i] >= 0;

    /// <summary>The declaration of an input: name, type, quantisation, constant data.</summary>
    public TensorInfo Input(int i)
    {
        if (!HasInput(i)) Fail($"input {i} is required");
        return Subgraph.Tensors[Node.Inputs[i]];
    }

    public TensorInfo Output(int i) => Subgraph.Tensors[Node.Outputs[i]];

    public DType Type(int input) => Input(input).Type;

    /// <summary>The shape of an input, which is known.</summary>
    public Shape Shape(int input)
    {
        if (!HasInput(input)) Fail($"input {input} is required");
        return _facts.ShapeOf(Node.Inputs[input])!.Value;
    }

    /// <summary>The bytes of an input when its values are known.</summary>
    public bool TryBytes(int input, out ReadOnlySpan<byte> bytes)
    {
        if (!HasInput(input)) Fail($"input {input} is required");
        return _facts.TryBytes(Node.Inputs[input], out bytes);
    }

    public bool TryValues<T>(int input, out ReadOnlySpan<T> values) where T : unmanaged
    {
        bool known = TryBytes(input, out var bytes);
        values = MemoryMarshal.Cast<byte, T>(bytes);
        return known;
    }

    /// <summary>An integer tensor's values (a shape, axes, sizes) as int32, whatever integer type it has.</summary>
    public bool TryIntegers(int input, [NotNullWhen(true)] out int[]? values)
    {
        values = null;
        if (!TryBytes(input, out var bytes)) return false;
        values = Integers.Read(Type(input), bytes);
        if (values is null) Fail($"input {input} has type {Type(input).Name()}; integers within the int32 range are expected");
        return true;
    }

    public void SetOutput(int output, Shape shape)
    {
        if (shape.Rank > TensorInfo.RankMax) Fail($"output {output} would have rank {shape.Rank}; the limit is {TensorInfo.RankMax}");
        if (Node.Outputs[output] >= 0) _facts.SetShape(Node.Outputs[output], shape);
    }

    public void SetOutput(int output, params ReadOnlySpan<int> dimensions)
    {
        foreach (int d in dimensions)
        {
            if (d < 0) Fail($"output {output} would have shape [{string.Join(",", dimensions.ToArray())}]");
        }
        SetOutput(output, new Shape(dimensions));
    }

    public Shape?[] InferSubgraph(int index, ReadOnlySpan<Shape?> inputs) => _facts.InferSubgraph(index, inputs);

    /// <summary>Another subgraph of the model, that the operator calls.</summary>
    public Subgraph Callee(int index) => _facts.Callee(index);

    /// <summary>All of <paramref name="condition"/>'s callers state what they expected in <paramref name="problem"/>.</summary>
    public void Require([DoesNotReturnIf(false)] bool condition, string problem)
    {
        if (!condition) Fail(problem);
    }

    public void Require([DoesNotReturnIf(false)] bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Problem problem)
    {
        if (!condition) Fail(problem.Text());
    }

    /// <summary>An axis counted from the end when negative, checked against <paramref name="rank"/>.</summary>
    public int Axis(int axis, int rank)
    {
        if (axis < -rank || axis >= rank) Fail($"axis {axis} is outside [{-rank}, {rank - 1}]");
        return axis < 0 ? axis + rank : axis;
    }

    [DoesNotReturn]
    public void Fail(string problem) => Throw.Operator(Subgraph, Node, problem);
}
