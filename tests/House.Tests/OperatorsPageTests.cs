using Graft.OpsDoc;

namespace Graft.House;

public sealed class OperatorsPageTests
{
    [Fact]
    public void The_page_of_operators_is_current()
    {
        string path = Repository.FullPath(OperatorsPage.Path), text = OperatorsPage.Generate();
        if (Environment.GetEnvironmentVariable("GRAFT_UPDATE") == "1") File.WriteAllText(path, text);
        Assert.True(File.ReadAllText(path).ReplaceLineEndings("\n") == text, $"{OperatorsPage.Path} is stale: {OperatorsPage.Command}");
    }
}
