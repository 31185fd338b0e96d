namespace Graft;

/// <summary>One module of an adapter, bound.</summary>
/// <param name="Name">Its path in the base: <c>bert.encoder.layer.0.attention.self.query</c>.</param>
/// <param name="Node">The node that it acts on.</param>
/// <param name="Evidence">What the binding rests on: Map, Values, Names or Graph.</param>
public sealed record AdapterModule(string Name, string Node, string Evidence);
