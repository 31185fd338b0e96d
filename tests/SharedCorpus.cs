namespace Graft.Tests;

/// <summary>The models in <c>shared/corpus</c>, a folder beside the repository that not every machine has.</summary>
internal static class SharedCorpus
{
    public const string Absent = "needs the corpus in ../shared, which is not on this machine";

    /// <summary>The <c>shared</c> folder next to a directory above the test, or null.</summary>
    public static string? Shared { get; } = Find();

    /// <summary>A file or folder in <c>shared/corpus</c>.</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Shared ?? throw new DirectoryNotFoundException(Absent), "corpus", .. parts]);

    /// <summary>The files below <paramref name="folder"/> of the corpus, in a stable order.</summary>
    public static string[] Files(string folder = "", string pattern = "*.tflite")
    {
        string[] files = Directory.GetFiles(Path(folder), pattern, SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string shared = System.IO.Path.Combine(at.FullName, "shared");
            if (Directory.Exists(System.IO.Path.Combine(shared, "corpus")))
                return shared;
        }

        return null;
    }
}

/// <summary>A fact that is skipped where the corpus is absent.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = SharedCorpus.Shared is null ? SharedCorpus.Absent : null;
}

/// <summary>A theory that is skipped where the corpus is absent.</summary>
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = SharedCorpus.Shared is null ? SharedCorpus.Absent : null;
}
