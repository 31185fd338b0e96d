using Graft.Adapters.Methods;

namespace Graft.House;

public sealed class AdaptersPageTests
{
    private static readonly MethodTraits[] s_columns =
        [MethodTraits.Unmerged, MethodTraits.Mergeable, MethodTraits.Batchable, MethodTraits.Scalable, MethodTraits.Combinable];

    [Fact]
    public void The_table_of_methods_is_current()
    {
        string page = Repository.Files.Single(f => f.Path == "docs/adapters.md").Text;
        string[] rows = [.. page.Split('\n').SkipWhile(l => !l.StartsWith("| Method |", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'))];
        Assert.Equal(AdapterTable.Entries.OrderBy(e => e.Name, StringComparer.Ordinal).Select(Row), rows);
    }

    private static string Row(MethodEntry entry) =>
        $"| {entry.Name} | {string.Join(" | ", s_columns.Select(c => entry.Traits.HasFlag(c) ? "yes" : "no"))} |";
}
