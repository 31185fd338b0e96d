namespace Graft.Conformance.Cases;

/// <summary>What is to be done with a case.</summary>
internal enum CaseKind
{
    /// <summary>A model with a golden: run and compare.</summary>
    Golden,

    /// <summary>A model of which the reference made an error: run; a clear error or a valid run.</summary>
    Error,

    /// <summary>A model without any of them: a failure.</summary>
    Orphan,

    /// <summary>An adapter folder with a golden: bind, run and compare.</summary>
    Adapter,

    /// <summary>A folder with several adapters and a golden of what they do together.</summary>
    CombinedAdapters,

    /// <summary>An adapter folder with a note on how it must end: refused, accepted, or either.</summary>
    InvalidAdapter,

    /// <summary>Something that is not checked here; the note says why.</summary>
    Skipped,

    /// <summary>A path below which there is nothing: a failure.</summary>
    Nothing,
}

/// <summary>One case.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Path">The model file, or the folder that is skipped.</param>
/// <param name="Group">The operator or model that it belongs to: its folder, from the path that was asked for.</param>
/// <param name="Name">Group and file name without extension: unique, and the same on every machine.</param>
/// <param name="Note">Why it is skipped or fails.</param>
internal sealed record CaseFile(CaseKind Kind, string Path, string Group, string Name, string Note = "")
{
    private const string ModelExtension = ".tflite";

    public string GoldenPath => Stem(Path) + ".safetensors";

    public string ErrorPath => Stem(Path) + ".error.txt";

    public static bool IsModel(string path) => path.EndsWith(ModelExtension, StringComparison.OrdinalIgnoreCase);

    public static string Stem(string path) => IsModel(path) ? path[..^ModelExtension.Length] : path;

    /// <summary>The case of a model file, by what lies beside it.</summary>
    public static CaseFile Of(string path, string group)
    {
        string name = $"{group}/{Stem(System.IO.Path.GetFileName(path))}";
        var found = new CaseFile(CaseKind.Golden, path, group, name);
        if (File.Exists(found.GoldenPath)) return found;
        if (File.Exists(found.ErrorPath)) return found with { Kind = CaseKind.Error };
        return found with
        {
            Kind = CaseKind.Orphan,
            Note = "there is neither a golden (.safetensors) nor an .error.txt beside the model",
        };
    }
}
