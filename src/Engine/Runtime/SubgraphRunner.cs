using System.Collections.Immutable;
using Graft.Graphs;

namespace Graft.Runtime;

/// <summary>A subgraph that the user runs: its input shapes, and when they take effect.</summary>
internal sealed class SubgraphRunner
{
    private readonly Interpreter _interpreter;
    private readonly Shape[] _shapes;
    private Planning.Plan? _prepared;

    public SubgraphRunner(Interpreter interpreter, Frame frame)
    {
        _interpreter = interpreter;
        Frame = frame;
        _shapes = frame.Subgraph.Inputs.Map(t => frame.Subgraph.Tensors[t].Shape);
        frame.Runner ??= this;
    }

    public Frame Frame { get; }

    public static SubgraphRunner Of(Frame frame) => frame.Runner!;

    public ImmutableArray<Tensor> Tensors(ImmutableArray<int> tensors) => [.. tensors.Map(t => new Tensor(_interpreter, Frame, t))];

    public void Resize(int input, ReadOnlySpan<int> shape, bool strict)
    {
        if ((uint)input >= (uint)_shapes.Length) throw new ArgumentException($"there is no input {input}; the model has {_shapes.Length}", nameof(input));
        var info = Frame.Subgraph.Tensors[Frame.Subgraph.Inputs[input]];
        var resized = new Shape(shape);
        if (shape.Length > TensorInfo.RankMax) throw new ArgumentException($"input {info} cannot become {resized}: the limit is rank {TensorInfo.RankMax}", nameof(shape));
        bool isTooLarge = info.Type == DType.String ? resized.ElementCount > StringBuffer.CountMax : info.Type.ByteCount(resized.ElementCount) > int.MaxValue;
        if (isTooLarge) throw new ArgumentException($"input {info} cannot become {resized}: that exceeds the limit of 2 GB for one tensor", nameof(shape));
        if (strict)
        {
            var open = info.ShapeSignature;
            bool fits = resized.Rank == info.Shape.Rank;
            for (int d = 0; fits && d < resized.Rank; d++) fits = resized[d] == info.Shape[d] || (!open.IsDefaultOrEmpty && open[d] == -1);
            if (!fits) throw new ArgumentException($"input {info} cannot become {resized}: only the open dimensions of its signature may change", nameof(shape));
        }
        Of(Frame)._shapes[input] = resized;
        Frame.IsStale = true;
    }

    /// <summary>Lays out the frame for the declared shapes; does nothing when nothing has changed since the last time.</summary>
    public void Prepare()
    {
        if (_prepared is not null && _prepared == Frame.Plan && !Frame.IsStale && !Frame.IsOutdated && !Frame.IsBound) return;
        Frame.Unbind();
        Frame.Prepare(Of(Frame)._shapes);
        Frame.IsStale = false;
        _prepared = Frame.Plan;
    }
}
