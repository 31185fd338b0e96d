namespace Graft.Adapters.Form;

/// <summary>The linear modules of a base and their sizes.</summary>
/// <param name="Linear">Their paths, in no order.</param>
/// <param name="Of">Outputs and inputs of a module; throws <see cref="AdapterException"/> when nothing tells them.</param>
internal sealed record BaseSizes(IReadOnlyCollection<string> Linear, Func<string, (int Outputs, int Inputs)> Of);
