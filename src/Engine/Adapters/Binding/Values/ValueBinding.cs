namespace Graft.Adapters.Binding.Values;

/// <summary>Where the modules of a base are in a model, and of which of them nothing was found, by name and reason.</summary>
internal sealed record ValueBinding(BindingMap Map, IReadOnlyList<(string Module, string Reason)> Unbound);
