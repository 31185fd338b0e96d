namespace Graft.Safetensors;

/// <summary>
/// The bytes are not a valid safetensors file. The message names the tensor or key, and the rule that it breaks.
/// </summary>
internal sealed class SafetensorsException : FormatException
{
    public SafetensorsException(string message) : base(message)
    {
    }

    public SafetensorsException(string message, Exception inner) : base(message, inner)
    {
    }
}
