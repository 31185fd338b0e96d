using Graft.Adapters.Form;

namespace Graft.Adapters.Binding.Values;

/// <summary>A module whose parameter a constant operand of a sum or product may be.</summary>
/// <param name="Module">Its path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Placement">The place.</param>
/// <param name="Distance">Root of the mean square of the differences.</param>
internal sealed record ConstantMatch(string Module, ModuleKind Kind, Placement Placement, double Distance);
