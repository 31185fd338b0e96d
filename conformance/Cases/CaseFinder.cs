using Graft.Conformance.Adapters;

namespace Graft.Conformance.Cases;

/// <summary>
/// Finds the cases below paths, in a stable order. Folders named <c>_malformed</c> and <c>_invalid</c> and adapter
/// folders are noted as skipped and not entered.
/// </summary>
internal static class CaseFinder
{
    private static readonly string[] BrokenFolders = ["_malformed", "_invalid"];

    /// <exception cref="ArgumentException">A path does not exist, or is a file that is no model.</exception>
    public static IReadOnlyList<CaseFile> Find(IEnumerable<string> paths)
    {
        var cases = new SortedDictionary<string, CaseFile>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            var found = new List<CaseFile>();
            if (Directory.Exists(full)) Visit(full, Path.GetFileName(full), isRoot: true, found);
            else if (File.Exists(full) && CaseFile.IsModel(full))
                found.Add(CaseFile.Of(full, Path.GetFileName(Path.GetDirectoryName(full)!)));
            else throw new ArgumentException($"'{path}' is neither a folder nor a .tflite file");
            if (found.Count == 0)
                found.Add(new(CaseKind.Nothing, full, Path.GetFileName(full), Path.GetFileName(full),
                    "no model below this path"));
            foreach (var one in found) cases.TryAdd(one.Path, one);
        }
        return [.. cases.Values];
    }

    private static void Visit(string folder, string group, bool isRoot, List<CaseFile> found)
    {
        string name = Path.GetFileName(folder);
        if (BrokenFolders.Contains(name))
        {
            found.Add(new(CaseKind.Skipped, folder, group, group, "broken files: --malformed runs them"));
            return;
        }
        if (File.Exists(Path.Combine(folder, "adapter_config.json")))
        {
            found.Add(AdapterCase.Of(folder) is { } adapter ? new(CaseKind.Adapter, folder, ParentOf(group), group)
                : new(CaseKind.Skipped, folder, ParentOf(group), group, "an adapter"));
            return;
        }
        if (File.Exists(Path.Combine(folder, CombinedCase.FileName)) && File.Exists(Path.Combine(folder, "golden.safetensors")))
        {
            found.Add(new(CaseKind.CombinedAdapters, folder, ParentOf(group), group));
            return;
        }
        foreach (string file in Sorted(Directory.GetFiles(folder)))
        {
            if (CaseFile.IsModel(file)) found.Add(CaseFile.Of(file, group));
        }
        foreach (string child in Sorted(Directory.GetDirectories(folder)))
        {
            Visit(child, isRoot ? Path.GetFileName(child) : $"{group}/{Path.GetFileName(child)}", isRoot: false, found);
        }
    }

    private static string ParentOf(string group) => group.Contains('/') ? group[..group.LastIndexOf('/')] : group;

    private static string[] Sorted(string[] paths)
    {
        Array.Sort(paths, StringComparer.Ordinal);
        return paths;
    }
}
