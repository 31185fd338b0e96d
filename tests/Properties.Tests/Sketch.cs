using Graft.Ops;
using Graft.Schema;
using Graft.Tests;

namespace Graft.Properties;

/// <summary>The decisions led to nothing that can be tried; the reason is counted.</summary>
internal sealed class DiscardedException(string reason) : Exception(reason);

/// <summary>Scale and zero point of a tensor; several scales belong to slices along an axis.</summary>
internal sealed record Quant(float[] Scales, long ZeroPoint, int Axis = 0)
{
    public Quant(float scale, long zeroPoint) : this([scale], zeroPoint)
    {
    }
}

/// <summary>
/// A model of one operator while a plan draws it: element types come from the operator's signature, shapes, attributes and data from the
/// plan. Operands are added in their order.
/// </summary>
internal sealed class Sketch
{
    private readonly ModelBuilder _model = new("property");
    private readonly OpId _id;
    private readonly int _version;
    private readonly List<int> _inputs = [];
    private readonly List<int> _outputs = [];
    private readonly List<Feed> _feeds = [];

    public Sketch(OpSignature signature, int version, Draw draw)
    {
        (_id, _version, Draw) = (signature.Id, version, draw);
        Types = TypeChoice.From(signature, draw);
    }

    public Draw Draw { get; }

    public TypeChoice Types { get; }

    public IBuiltinOptionsRecord? Options { get; set; }

    /// <summary>Options of operators that keep them in the second union.</summary>
    public IBuiltinOptions2Record? Options2 { get; set; }

    public DType Type(int input) => Types.Inputs[input] ?? throw new DiscardedException($"input {input} is absent");

    public bool Has(int input) => input < Types.Inputs.Count && Types.Inputs[input] is not null;

    public static void Require(bool condition, string reason)
    {
        if (!condition) throw new DiscardedException(reason);
    }

    /// <summary>The next operand, with data that the interpreter gets at run time; now and then a constant, where that leaves another input.</summary>
    public void Data(int[] shape, Domain domain, Quant? quant = null, bool bounded = false) =>
        Add(shape, domain, quant, bounded, isConstant: _feeds.Count > 0 && Draw.Once(4));

    /// <summary>The next operand, as a constant of the model; now and then as an input.</summary>
    public void Constant(int[] shape, Domain domain, Quant? quant = null, bool bounded = false) =>
        Add(shape, domain, quant, bounded, isConstant: !Draw.Once(8));

    /// <summary>The next operand, whose integers decide what the operator does: a constant, or an input now and then.</summary>
    public void Integers(int[] values, int[]? shape = null) =>
        Fixed(values, shape ?? [values.Length], isConstant: !Draw.Once(8));

    /// <summary>The next operand, with these integers as data.</summary>
    public void Indices(int[] values, int[] shape) => Fixed(values, shape, isConstant: _feeds.Count > 0 && Draw.Bool());

    /// <summary>The next operand is left out.</summary>
    public void Absent() => _inputs.Add(-1);

    /// <summary>The next output.</summary>
    public void Result(Quant? quant = null, DType? type = null)
    {
        var chosen = type ?? Types.Outputs[Math.Min(_outputs.Count, Types.Outputs.Count - 1)];
        int tensor = _model.Tensor($"out{_outputs.Count}", chosen);
        if (quant is not null) Quantize(tensor, quant);
        _outputs.Add(tensor);
    }

    /// <param name="yardstick">The reference's kernels that count; null where none do.</param>
    public OneOpCase ToCase(string? yardstick)
    {
        Require(_feeds.Count > 0, "nothing is left to set");
        bool trims = Draw.Bool();
        while (trims && _inputs[^1] < 0) _inputs.RemoveAt(_inputs.Count - 1);
        int[] inputs = [.. _inputs], outputs = [.. _outputs];
        if (_id.CustomName is { } name) _model.Custom(name, inputs, outputs);
        else _model.Operator(_id.Code, inputs, outputs, Options, _version);
        if (Options2 is not null) _model.LastOperator.BuiltinOptions2 = Options2;
        _model.Output(outputs);
        return new(_id.Name, _model.ToBytes(), _feeds, _feeds.All(feed => LiveReference.CanFeed(feed.Type)) ? yardstick : null);
    }

    private void Fixed(int[] values, int[] shape, bool isConstant)
    {
        var type = Type(_inputs.Count);
        byte[] bytes = new byte[type.ByteCount(values.Length)];
        int width = type.Bits() / 8;
        for (int i = 0; i < values.Length; i++) BitConverter.GetBytes((long)values[i]).AsSpan(0, width).CopyTo(bytes.AsSpan(i * width));
        Add(type, shape, bytes, null, isConstant);
    }

    private void Add(int[] shape, Domain domain, Quant? quant, bool bounded, bool isConstant)
    {
        var type = Type(_inputs.Count);
        long count = shape.Aggregate(1L, (product, d) => product * d);
        int seed = (int)(Draw.Next() & 0xFFFF);
        Add(type, shape, Values.Make(type, count, domain, seed, bounded), quant, isConstant || (type.IsPacked() && _feeds.Count > 0));
    }

    private void Add(DType type, int[] shape, byte[] bytes, Quant? quant, bool isConstant)
    {
        string name = $"in{_inputs.Count}";
        int tensor = isConstant ? _model.Constant(name, type, bytes, shape) : _model.Input(name, type, shape);
        if (quant is not null) Quantize(tensor, quant);
        _inputs.Add(tensor);
        if (!isConstant) _feeds.Add(new(type, shape, bytes));
    }

    private void Quantize(int tensor, Quant quant) => _model.TensorAt(tensor).Quantization = new()
    {
        Scale = quant.Scales,
        ZeroPoint = [.. Enumerable.Repeat(quant.ZeroPoint, quant.Scales.Length)],
        QuantizedDimension = quant.Axis,
    };
}
