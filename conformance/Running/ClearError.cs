using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Conformance.Running;

/// <summary>Tells errors that say what is wrong with a model or its inputs from faults of the engine.</summary>
internal static class ClearError
{
    /// <summary>
    /// True for the engine's own errors. An ArgumentException counts only as itself: derived ones come from the
    /// libraries below and say nothing about the model.
    /// </summary>
    public static bool Is(Exception e) =>
        e is ModelFormatException or UnsupportedModelException or OperatorException
            || e.GetType() == typeof(ArgumentException);

    /// <summary>
    /// True for what makes a case fail with a message; anything else is a fault that is reported with its type.
    /// </summary>
    public static string Describe(Exception e) => e switch
    {
        UnsupportedModelException unsupported => $"unsupported: {string.Join("; ", unsupported.Problems)}",
        GoldenException or SafetensorsException => $"golden: {e.Message}",
        _ => $"{e.GetType().Name}: {e.Message}",
    };
}
