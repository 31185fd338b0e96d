namespace Graft;

/// <summary>
/// An operator cannot be planned or run: shapes that do not fit together, an index out of range, a size beyond a limit.
/// The message names the node.
/// </summary>
public sealed class OperatorException : Exception
{
    internal OperatorException(string node, string problem, Exception? inner = null) : base($"{node}: {problem}", inner) => Node = node;

    /// <summary>The node, such as <c>node 17 CONV_2D "conv1"</c>.</summary>
    public string Node { get; }
}
