namespace Graft;

/// <summary>Time that one node took, summed over its runs.</summary>
/// <param name="Subgraph">Index of the subgraph.</param>
/// <param name="Node">Index of the node in the file.</param>
/// <param name="Operator">The operator's name, such as CONV_2D.</param>
/// <param name="Description">Node, operator and first output, as error messages name them.</param>
/// <param name="Total">Time in all runs.</param>
/// <param name="Runs">How often it ran.</param>
public sealed record NodeProfile(int Subgraph, int Node, string Operator, string Description, TimeSpan Total, long Runs);
