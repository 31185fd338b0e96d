namespace Graft.Planning;

/// <summary>What distinguishes the plans of one model: subgraph, shapes of its inputs, options.</summary>
internal sealed class PlanKey(int subgraph, Shape[] inputs, PlanOptions options) : IEquatable<PlanKey>
{
    public int Subgraph { get; } = subgraph;

    public Shape[] Inputs { get; } = inputs;

    public PlanOptions Options { get; } = options;

    public bool Equals(PlanKey? other) => other is not null && Subgraph == other.Subgraph && Options == other.Options
        && Inputs.AsSpan().SequenceEqual(other.Inputs);

    public override bool Equals(object? obj) => Equals(obj as PlanKey);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Subgraph);
        hash.Add(Options);
        foreach (var shape in Inputs) hash.Add(shape);
        return hash.ToHashCode();
    }
}
