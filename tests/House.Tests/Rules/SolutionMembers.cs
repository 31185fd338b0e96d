namespace Graft.House.Rules;

/// <summary>
/// What the solution leaves out is neither built nor tested by the two commands that the README names.
/// </summary>
internal sealed class SolutionMembers : IRule
{
    public string Statement => "Engine.sln lists every project.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        string[] solutions = [.. files.Where(f => f.Path == "Engine.sln").Select(f => f.Text)];
        return from file in files
               where file.IsProject && !solutions.Any(s =>
                   s.Contains($"\"{file.Path.Replace('/', '\\')}\"", StringComparison.Ordinal))
               select file.Whole($"not in the solution: dotnet sln Engine.sln add {file.Path}");
    }

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("src/A/A.csproj", "<Project />"), new("Engine.sln", "\"src\\A\\AB.csproj\"")],
        [new("src/A/A.csproj", "<Project />")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
        [[new("src/A/A.csproj", "<Project />"), new("Engine.sln", "\"src\\A\\A.csproj\"")]];
}
