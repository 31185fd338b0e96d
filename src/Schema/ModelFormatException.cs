namespace Graft;

/// <summary>
/// The bytes of a model are malformed. The message names the field, as a path from the root such as
/// <c>subgraphs[0].tensors[3].shape</c>, and the byte offset in the file.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <param name="field">Path of the field from the root.</param>
    /// <param name="offset">Byte offset in the file.</param>
    /// <param name="reason">What was expected and what was found.</param>
    public ModelFormatException(string field, long offset, string reason)
        : base($"{field} at offset {offset}: {reason}")
    {
        Field = field;
        Offset = offset;
    }

    /// <summary>Byte offset in the file at which the fault was found.</summary>
    public long Offset { get; }

    /// <summary>Path of the field from the root.</summary>
    public string Field { get; }
}
