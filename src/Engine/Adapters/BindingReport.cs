using System.Collections.Immutable;

namespace Graft;

/// <summary>What came of looking for the modules of a base in a model.</summary>
/// <param name="Bound">How many modules were found.</param>
/// <param name="Unbound">Those of the base that were not, in order of their names; adapters that change one of them are refused.</param>
public sealed record BindingReport(int Bound, ImmutableArray<UnboundModule> Unbound);

/// <summary>A module of a base that is bound to nothing.</summary>
/// <param name="Name">Its path in the base.</param>
/// <param name="Reason">Why: its values are nowhere in the model, or fit a node no better than another module's do.</param>
public sealed record UnboundModule(string Name, string Reason);
