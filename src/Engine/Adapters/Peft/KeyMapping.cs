using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Graft.Adapters.Peft;

/// <summary>
/// PEFT's <c>key_mapping</c>: regular expressions and what replaces their matches in the names of an adapter's tensors, without
/// <c>base_model.model.</c>. The first that matches a name changes it. Replacements are patterns for the other direction in transformers' own
/// tables: what stands in parentheses, and a leading ^, is left out of them.
/// </summary>
internal sealed partial class KeyMapping
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(100);

    private readonly (Regex Pattern, string Replacement)[] _rules;

    /// <exception cref="AdapterException">A pattern is no regular expression.</exception>
    public KeyMapping(ImmutableArray<(string Pattern, string Replacement)> rules) => _rules = [.. rules.Select(r => (Compiled(r.Pattern), Plain(r.Replacement)))];

    public bool IsEmpty => _rules.Length == 0;

    /// <summary>A tensor's name after the mapping.</summary>
    public string Apply(string name)
    {
        string prefix = name.StartsWith(AdapterTensors.Prefix, StringComparison.Ordinal) ? AdapterTensors.Prefix : "";
        string key = name[prefix.Length..];
        foreach (var (pattern, replacement) in _rules)
        {
            try
            {
                if (pattern.IsMatch(key)) return prefix + pattern.Replace(key, replacement);
            }
            catch (RegexMatchTimeoutException e)
            {
                throw new AdapterException($"the key mapping {pattern} takes more than {TimeLimit.TotalMilliseconds} ms on \"{key}\"", e);
            }
        }
        return name;
    }

    private static Regex Compiled(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.CultureInvariant, TimeLimit);
        }
        catch (ArgumentException e)
        {
            throw new AdapterException($"the key mapping {pattern} is no regular expression: {e.Message}", e);
        }
    }

    private static string Plain(string replacement) => PythonGroup().Replace(Parentheses().Replace(replacement.TrimStart('^'), "").Replace("$", "$$", StringComparison.Ordinal), "${$1}");

    [GeneratedRegex(@"\(.*\)")]
    private static partial Regex Parentheses();

    [GeneratedRegex(@"\\(\d+)")]
    private static partial Regex PythonGroup();
}
