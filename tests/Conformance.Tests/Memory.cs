using Graft.Planning;
using Graft.Tests;

namespace Graft.Conformance.Tests;

/// <summary>What the models of this repository cost in memory while they run.</summary>
public sealed class Memory
{
    /// <summary>How far above the lower bound the arena of a model may be; most reach the bound.</summary>
    private const double ArenaExcessMax = 1.25;

    [Fact]
    public void Runs_of_static_graphs_allocate_nothing()
    {
        var problems = new List<string>();
        int count = 0;
        foreach (var (name, model) in Models())
        {
            using var interpreter = new Interpreter(model);
            if (!IsStatic(interpreter)) continue;
            count++;
            long bytes = Allocated.Least(() => interpreter.Invoke(), 1);
            if (bytes != 0) problems.Add($"{name}: {bytes} bytes");
        }
        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
        Assert.InRange(count, 500, 5000);
    }

    [Fact]
    public void Arenas_are_close_to_their_lower_bound()
    {
        var problems = new List<string>();
        int count = 0, exact = 0;
        foreach (var (name, model) in Models())
        {
            using var interpreter = new Interpreter(model);
            if (!IsStatic(interpreter) || interpreter.ArenaLowerBound == 0) continue;
            count++;
            double ratio = (double)interpreter.ArenaBytes / interpreter.ArenaLowerBound;
            if (ratio == 1) exact++;
            if (ratio is < 1 or > ArenaExcessMax) problems.Add($"{name}: {interpreter.ArenaBytes} bytes, {interpreter.ArenaLowerBound} at least");
        }
        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
        Assert.InRange(exact, 0.95 * count, count);
    }

    /// <summary>Every model that Graft loads, with inputs of its declared shapes.</summary>
    private static IEnumerable<(string Name, Model Model)> Models()
    {
        foreach (string path in Goldens.Models())
        {
            using var model = Load(path);
            if (model is not null) yield return (Path.GetRelativePath(Goldens.Folder, path), model);
        }
    }

    private static Model? Load(string path)
    {
        try
        {
            return Model.Load(path);
        }
        catch (UnsupportedModelException)
        {
            return null;
        }
    }

    private static bool IsStatic(Interpreter interpreter)
    {
        try
        {
            interpreter.Invoke();
        }
        catch (OperatorException)
        {
            // What zeros are no input for.
            return false;
        }
        return interpreter.Session.Frames.All(f => f.Plan is { IsStatic: true } plan && plan.Tensors.All(t => t.Placement != Placement.Dynamic));
    }
}
