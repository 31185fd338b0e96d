namespace Graft.House;

public sealed class RuleTests
{
    public static TheoryData<string> Rules => [.. RuleTable.Rows.Select(r => r.GetType().Name)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_tree_keeps_the_rule(string rule)
    {
        IRule row = Find(rule);
        Finding[] findings = [.. row.Check(Repository.Files)];
        Assert.True(findings.Length == 0, $"{row.Statement}\n{string.Join('\n', findings.AsEnumerable())}");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_rule_refuses_what_breaks_it(string rule)
    {
        IRule row = Find(rule);
        Assert.NotEmpty(row.Broken);
        Assert.All(row.Broken, files => Assert.NotEmpty(row.Check(files)));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_rule_accepts_what_keeps_it(string rule)
    {
        IRule row = Find(rule);
        Assert.NotEmpty(row.Kept);
        Assert.All(row.Kept, files => Assert.Empty(row.Check(files)));
    }

    private static IRule Find(string rule) => RuleTable.Rows.Single(r => r.GetType().Name == rule);
}
