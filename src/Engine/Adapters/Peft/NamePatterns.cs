using System.Text.Json;
using System.Text.RegularExpressions;

namespace Graft.Adapters.Peft;

/// <summary>
/// PEFT's ways to name modules: a list means equal to, or ending in a dot and the name; a string is a regular expression for the whole
/// path. Expressions come from files: they are matched without backtracking and within a time limit.
/// </summary>
internal static class NamePatterns
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a module is a target by the configuration's key.</summary>
    public static bool IsTarget(PeftConfig config, string key, string module)
    {
        if (config.List(key) is { } names) return IsAny(names, module);
        if (config.Text(key) is not { } expression) return false;
        return expression == "all-linear" || Matches(config, key, $"^(?:{expression})$", module);
    }

    /// <summary>Equal to one of the names, or ending in a dot and one of them.</summary>
    public static bool IsAny(IEnumerable<string> names, string module) =>
        names.Any(n => module == n || module.EndsWith("." + n, StringComparison.Ordinal));

    /// <summary>The value of the first pattern, in file order, that the end of the path matches.</summary>
    public static JsonElement? First(PeftConfig config, string key, string module)
    {
        foreach (var (pattern, value) in config.Members(key))
        {
            if (Matches(config, key, $@"^(?:.*\.)?(?:{pattern})$", module)) return value;
        }
        return null;
    }

    private static bool Matches(PeftConfig config, string key, string expression, string module)
    {
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeLimit).IsMatch(module);
        }
        catch (NotSupportedException e)
        {
            throw new AdapterException($"{config.Path}: \"{key}\": the expression {expression} uses what cannot be matched in bounded time: {e.Message}", e);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new AdapterException($"{config.Path}: \"{key}\": the expression {expression} takes more than {TimeLimit.TotalMilliseconds} ms", e);
        }
        catch (ArgumentException e)
        {
            throw new AdapterException($"{config.Path}: \"{key}\": {e.Message}", e);
        }
    }
}
