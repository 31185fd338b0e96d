using Graft.Runtime;

namespace Graft.Ops.Examples;

/// <summary>Parses a batch of serialised examples, feature by feature.</summary>
internal sealed class ParseStep : IStep
{
    private readonly Operand _examples;
    private readonly SparseFeature[] _sparse;
    private readonly DenseFeature[] _dense;

    public ParseStep(in PrepareContext c, ExampleLayout layout)
    {
        _examples = c.In(0);
        _sparse = new SparseFeature[layout.SparseCount];
        _dense = new DenseFeature[layout.DenseCount];
        for (int i = 0; i < _sparse.Length; i++)
        {
            var (input, at) = layout.SparseKey(i);
            var key = new FeatureKey(c.In(input), at, c.Output(layout.Values(i)).Type);
            _sparse[i] = new(key, c.Out(layout.Indices(i)), c.Out(layout.Values(i)), c.Out(layout.Shapes(i)));
        }
        for (int i = 0; i < _dense.Length; i++)
        {
            var (input, at) = layout.DenseKey(i);
            var shape = c.OutputShape(layout.Dense(i));
            int count = (int)shape.Product(c.Shape(0).Rank, shape.Rank);
            var key = new FeatureKey(c.In(input), at, c.Output(layout.Dense(i)).Type);
            _dense[i] = new(key, c.In(layout.FirstDefault + i), c.Shape(layout.FirstDefault + i).ElementCount > 0, c.Out(layout.Dense(i)), shape, count);
        }
    }

    public void Run(in RunContext c)
    {
        var examples = new StringBuffer(c.Read<byte>(_examples));
        foreach (var feature in _sparse) feature.Run(c, examples);
        foreach (var feature in _dense) feature.Run(c, examples);
    }
}

/// <summary>The name of a feature, by where it stands, and the type that its values must have.</summary>
internal readonly record struct FeatureKey(Operand Keys, int At, DType Type)
{
    /// <summary>The feature in an example, of this type if it is there.</summary>
    public Feature Find(in RunContext c, in StringBuffer examples, int number)
    {
        var keys = new StringBuffer(c.Read<byte>(Keys));
        if (At >= keys.Count) StepFault.Raise($"there are {keys.Count} keys; key {At} is missing");
        var feature = Feature.Find(examples[number], keys[At]);
        if (feature.IsPresent && feature.Type != Type)
            StepFault.Raise($"feature \"{Name(c)}\" of example {number} has type {feature.Type.Name()}; {Type.Name()} is expected");
        return feature;
    }

    public string Name(in RunContext c) => System.Text.Encoding.UTF8.GetString(new StringBuffer(c.Read<byte>(Keys))[At]);
}
