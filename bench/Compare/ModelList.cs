namespace Graft.Bench.Compare;

/// <summary>One model of the list: the type whose mean it counts in, its name, and where it is.</summary>
internal sealed record Entry(string Type, string Name, string Path);

/// <summary>Reads models.txt: a type, a folder's name and a file on each line; # begins a comment.</summary>
internal static class ModelList
{
    /// <param name="file">The list.</param>
    /// <param name="folders">Where the folders that it names are.</param>
    /// <param name="filter">Keeps models whose type or name contains this; null keeps all.</param>
    public static Entry[] Read(string file, IReadOnlyDictionary<string, string> folders, string? filter)
    {
        var entries = new List<Entry>();
        foreach (string line in File.ReadLines(file))
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0) continue;
            if (words.Length != 3) throw new FormatException($"{file}: '{line}' is not 'type folder file'");
            string name = $"{words[1]}/{Path.ChangeExtension(words[2], null)}";
            if (filter is not null && !$"{words[0]} {name}".Contains(filter, StringComparison.Ordinal)) continue;
            if (!folders.TryGetValue(words[1], out string? folder)) throw new ArgumentException($"{name}: tell where it is with --models {words[1]}=FOLDER");
            entries.Add(new(words[0], name, Path.Combine(folder, words[2])));
        }
        return [.. entries];
    }
}
