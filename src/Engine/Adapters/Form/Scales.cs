namespace Graft.Adapters.Form;

/// <summary>Scales of an activation that a change cannot have.</summary>
internal static class Scales
{
    /// <summary>Refuses any scale but 1 for what is no multiple of anything: a replacement, a rotation.</summary>
    public static void RequireOne(string module, float weight)
    {
        if (weight != 1) throw new AdapterException($"module \"{module}\": this change has no scale (asked for: {weight}); use 1");
    }
}
