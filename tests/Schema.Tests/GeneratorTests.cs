using Graft.SchemaGen;

namespace Graft.Schema.Tests;

public sealed class GeneratorTests
{
    private const string Header = "identifier TFL3\nversion 3\nroot A\n";

    [Fact]
    public void Generated_files_are_current()
    {
        string root = SourceTree.FindRoot();
        foreach ((string path, string content) in SourceTree.Generate(root))
        {
            string found = File.ReadAllText(Path.Combine(root, path)).ReplaceLineEndings("\n");
            Assert.True(found == content, $"{path} is stale: dotnet run --project tools/schemagen");
        }
    }

    [Theory]
    [InlineData("table A\n  0 x B\n", "unknown type 'B' of 'x'")]
    [InlineData("table A\n  0 x i32\n  2 y i32\n", "line 6: slot 2 of 'y' does not follow 0")]
    [InlineData("table A\n  0 x i32 sometimes\n", "line 5: unknown attribute 'sometimes'")]
    [InlineData("table A\n  x i32\n", "line 5: expected 'slot name type ...'")]
    [InlineData("table A\n  0 x A\n", "table A contains itself: A > A")]
    [InlineData("table A\n  0 x [B]\ntable B\n  1 u U\nunion U\n  A\n", "table A contains itself: A > B > A")]
    [InlineData("empty\n  A A\n", "line 4: table A is described twice")]
    [InlineData("union U\n  C\n", "union U: no table C")]
    [InlineData("structure A\n", "line 4: unknown section 'structure A'")]
    public void A_faulty_description_is_refused(string description, string message)
    {
        FormatException e = Assert.Throws<FormatException>(() => SchemaReader.Read(Header + description));
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void A_union_takes_two_slots()
    {
        const string text = "table A\n  1 u U\n  2 z i64 = 5\nunion U\n  B\nempty\n  B\n";
        SchemaDefinition schema = SchemaReader.Read(Header + text);
        TableDefinition table = schema.Tables[0];
        Assert.Equal([FieldKind.Union, FieldKind.Scalar], table.Fields.Select(f => f.Kind));
        Assert.Equal(("UAs", "5"), (table.Fields[0].Accessor, table.Fields[1].Default));
    }
}
