using Graft.Adapters.Form;

namespace Graft.Adapters.Binding.Values;

/// <summary>A module whose weight some rows of a deployed weight may be.</summary>
/// <param name="Module">Its path.</param>
/// <param name="Weight">Its weight, turned to (out, in).</param>
/// <param name="FirstRow">The first of the rows.</param>
/// <param name="Fit">How well.</param>
internal sealed record WeightMatch(string Module, Matrix Weight, int FirstRow, RankOneFit Fit);
