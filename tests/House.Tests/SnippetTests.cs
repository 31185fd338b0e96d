namespace Graft.House;

/// <summary>What the documents show works when pasted into a new project.</summary>
public sealed class SnippetTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Snippets => [.. Documents().SelectMany(Snippet.In).Select(s => s.Place)];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_compiles_and_runs(string place)
    {
        (bool isSuccess, string output) = Documents().SelectMany(Snippet.In).Single(s => s.Place == place)
            .Run(s_patience);
        Assert.True(isSuccess, $"{place}: {output}");
    }

    [Fact]
    public void The_readme_shows_code() =>
        Assert.NotEmpty(Snippet.In(Repository.Files.Single(f => f.Path == "README.md")));

    [Theory]
    [InlineData("int a = \"text\";", "CS0029")]
    [InlineData("throw new InvalidOperationException(\"it failed\");", "it failed")]
    [InlineData("Console.WriteLine(\"halfway\"); return 3;", "halfway")]
    public void A_broken_snippet_is_found(string code, string message)
    {
        var document = new SourceFile("a.md", $"text\n```csharp\n{code}\n```\nmore");
        (bool isSuccess, string output) = Assert.Single(Snippet.In(document)).Run(s_patience);
        Assert.False(isSuccess);
        Assert.Contains(message, output);
    }

    [Fact]
    public void A_snippet_that_hangs_is_found()
    {
        var snippet = new Snippet("a.md:1", "Thread.Sleep(Timeout.Infinite);");
        Assert.False(snippet.Run(TimeSpan.FromSeconds(2)).IsSuccess);
    }

    private static IEnumerable<SourceFile> Documents() => Repository.Files.Where(f => f.FileName == "README.md");
}
