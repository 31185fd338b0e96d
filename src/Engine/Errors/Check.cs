using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Graft.Errors;

/// <summary>Invariants of the engine itself. A failure is a bug of Graft, never of the caller or of a model.</summary>
internal static class Check
{
    public static void That([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        if (!condition) throw new InvalidOperationException($"internal invariant broken: {text}");
    }
}
