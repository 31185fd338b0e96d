namespace Graft;

/// <summary>An adapter cannot be read, bound or run. The message names the key or module and the rule that it breaks.</summary>
public sealed class AdapterException : Exception
{
    internal AdapterException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
