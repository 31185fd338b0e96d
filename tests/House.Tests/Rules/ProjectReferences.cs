namespace Graft.House.Rules;

/// <summary>Layers depend downwards: whoever reads a kernel need not know what a node is.</summary>
internal sealed class ProjectReferences : IRule
{
    private static readonly (string Layer, string[] Below)[] s_layers =
    [
        ("src/Kernels/", []),
        ("src/Schema/", []),
        ("src/Engine/", ["src/Kernels/", "src/Schema/"]),
        ("src/Delegates/", ["src/Engine/"]),
        ("conformance/", ["src/"]),
    ];

    private static readonly string[] s_outer = ["tools/", "tests/", "bench/", "conformance/", "samples/"];

    public string Statement =>
        "References between projects point down: Delegates, Engine, then Schema and Kernels; none points to tests.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsProject
        from target in ProjectFile.Projects(file)
        where !IsAllowed(file.Path, target)
        select file.Whole($"reference to {target} is not downward (below {Allowed(file.Path)})");

    public IEnumerable<SourceFile[]> Broken =>
    [
        Sample("src/Kernels/K.csproj", "../Schema/S.csproj"),
        Sample("src/Schema/S.csproj", "../Kernels/K.csproj"),
        Sample("src/Schema/S.csproj", "..\\Engine\\E.csproj"),
        Sample("src/Engine/E.csproj", "../Delegates/Null/N.csproj"),
        Sample("src/Engine/E.csproj", "../../tools/graft/graft.csproj"),
        Sample("src/Delegates/Null/N.csproj", "../../Kernels/K.csproj"),
        Sample("src/Unknown/U.csproj", "../Kernels/K.csproj"),
        Sample("tools/graft/graft.csproj", "../../tests/T/T.csproj"),
        Sample("conformance/C.csproj", "../tools/graft/graft.csproj"),
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        Sample("src/Engine/E.csproj", "../Kernels/K.csproj"),
        Sample("src/Engine/E.csproj", "..\\Schema\\S.csproj"),
        Sample("src/Delegates/Null/N.csproj", "../../Engine/E.csproj"),
        Sample("tests/T/T.csproj", "../../src/Kernels/K.csproj"),
        Sample("tools/graft/graft.csproj", "../../conformance/C.csproj"),
    ];

    private static SourceFile[] Sample(string path, string reference) =>
        [new(path, $"""<Project><ItemGroup><ProjectReference Include="{reference}" /></ItemGroup></Project>""")];

    private static bool IsAllowed(string from, string to) => IsOuter(from)
        ? from.StartsWith("tests/", StringComparison.Ordinal) || !to.StartsWith("tests/", StringComparison.Ordinal)
        : Layer(from)?.Any(below => to.StartsWith(below, StringComparison.Ordinal)) ?? false;

    private static bool IsOuter(string path) => Layer(path) is null && 
        s_outer.Any(o => path.StartsWith(o, StringComparison.Ordinal));

    private static string[]? Layer(string path) =>
        s_layers.FirstOrDefault(l => path.StartsWith(l.Layer, StringComparison.Ordinal)).Below;

    private static string Allowed(string path) =>
        Layer(path) is { Length: > 0 } below ? string.Join(" or ", below) : "nothing";
}
