using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Graft.House;

/// <summary>A change of what users see is a change of a text file, and so is seen by whoever reviews it.</summary>
public sealed class PublicApiTests
{
    private const string Reviewed = "src/Engine/PublicApi.txt";

    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        string actual = PublicApi.Of(Snippet.Product);
        string path = Repository.FullPath(Reviewed);
        if (Environment.GetEnvironmentVariable("GRAFT_UPDATE") == "1") File.WriteAllText(path, actual);
        string[] expected = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] lines = actual.TrimEnd('\n').Split('\n');
        Assert.True(expected.SequenceEqual(lines), $"""
            The public surface is not that of {Reviewed}. If the change is meant, run this test with GRAFT_UPDATE=1 and commit the file.
            added:
            {string.Join('\n', lines.Except(expected))}
            removed:
            {string.Join('\n', expected.Except(lines))}
            """);
    }

    [Theory]
    [InlineData("public class A { }", "public sealed class A { }")]
    [InlineData("public class A { public int B; }", "public class A { internal int B; }")]
    [InlineData("public class A { public string? B; }", "public class A { public string B = \"\"; }")]
    [InlineData("public class A { public void B(int c) { } }", "public class A { public void B(int d) { } }")]
    [InlineData("public class A { public void B(int c = 1) { } }", "public class A { public void B(int c = 2) { } }")]
    [InlineData("public class A { public int B { get; set; } }", "public class A { public int B { get; init; } }")]
    [InlineData("public enum A { B, C }", "public enum A { C, B }")]
    [InlineData("public interface I; public class A : I { }", "public interface I; public class A { }")]
    [InlineData("public class A { public class B; }", "public class A { private class B; }")]
    public void A_change_that_users_can_see_is_seen(string before, string after) =>
        Assert.NotEqual(Surface(before), Surface(after));

    [Theory]
    [InlineData("public class A { private int b; }", "public class A { internal long C; }")]
    [InlineData("public class A { public int B() => 1; }", "public class A { public int B() => 2; }")]
    [InlineData("public class A { public int B; public int C; }", "public class A { public int C; public int B; }")]
    public void A_change_that_users_cannot_see_is_not(string before, string after) =>
        Assert.Equal(Surface(before), Surface(after));

    private static string Surface(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(source);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable);
        using var stream = new MemoryStream();
        Assert.True(CSharpCompilation.Create("Sample", [tree], Snippet.Framework, options).Emit(stream).Success);
        return PublicApi.Of(MetadataReference.CreateFromImage(stream.ToArray()));
    }
}
