using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>The frame that methods share: targets, and a change for each module that has a certain parameter.</summary>
internal static class MethodReading
{
    /// <summary>Calls <paramref name="read"/> for every module that has one of the parameters, after checking that it is a target.</summary>
    public static List<IModuleChange> Each(PeftSource source, ReadOnlySpan<string> parameters, Func<string, IModuleChange> read)
    {
        source.Config.Ignore("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "fan_in_fan_out");
        var changes = new List<IModuleChange>();
        foreach (string module in source.Tensors.Modules(parameters))
        {
            source.CheckTarget(module);
            changes.Add(read(module));
        }
        source.CheckAllTargeted();
        return changes;
    }

    /// <summary>A number of a pattern, or the one for all.</summary>
    public static double Pattern(PeftConfig config, string pattern, string module, double all) =>
        NamePatterns.First(config, pattern, module) is { } value ? config.Number(pattern, value) : all;
}
