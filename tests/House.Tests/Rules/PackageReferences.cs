namespace Graft.House.Rules;

/// <summary>Graft is pure C#: whoever installs it gets no native binary and almost nothing else.</summary>
internal sealed class PackageReferences : IRule
{
    private static readonly (string Folder, string[] Packages)[] s_allowed =
    [
        ("src/Schema/", ["Google.FlatBuffers"]),
        // The package Graft carries Schema's assembly and so has to name its dependency.
        ("src/Engine/", ["Google.FlatBuffers"]),
        ("src/Delegates/Ilgpu/", ["ILGPU"]),
    ];

    public string Statement =>
        "Product assemblies reference no package, but for Google.FlatBuffers, which writes models.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.Path.StartsWith("src/", StringComparison.Ordinal)
            && file.Extension is ".csproj" or ".props" or ".targets"
        from package in ProjectFile.Packages(file)
        where !s_allowed.Any(a => file.Path.StartsWith(a.Folder, StringComparison.Ordinal)
            && a.Packages.Contains(package))
        select file.Whole($"package {package} is not for product assemblies");

    public IEnumerable<SourceFile[]> Broken =>
    [
        Sample("src/Kernels/K.csproj", "Google.FlatBuffers"),
        Sample("src/Schema/S.csproj", "Newtonsoft.Json"),
        Sample("src/Directory.Build.props", "Google.FlatBuffers"),
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        Sample("src/Schema/S.csproj", "Google.FlatBuffers"),
        Sample("tools/graft/graft.csproj", "System.CommandLine"),
    ];

    private static SourceFile[] Sample(string path, string package) =>
        [new(path, $"""<Project><ItemGroup><PackageReference Include="{package}" /></ItemGroup></Project>""")];
}
