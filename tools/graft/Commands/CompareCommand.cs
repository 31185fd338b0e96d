using System.CommandLine;
using System.Globalization;
using Graft.Errors;
using Graft.Graphs;

namespace Graft.Cli.Commands;

/// <summary>
/// <c>graft compare</c>: runs a model with the fast kernels and with the reference kernels, and compares what every
/// node gives. Both run on their own intermediate results, so the first node that differs is where to look.
/// </summary>
internal static class CompareCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Option<string?> s_inputs = Choices.Inputs();
    private static readonly Option<string?> s_signature = Choices.Signature();
    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<int> s_seed = Choices.Seed();
    private static readonly Option<bool> s_all = new("--all") { Description = "List the nodes that are equal, too." };

    private static readonly Option<double> s_tolerance = new("--tolerance")
    {
        Description = "How far a float may be off, as a share of the largest value in its tensor.",
        DefaultValueFactory = _ => 1e-5,
        HelpName = "X",
    };

    public static Command Create() =>
        Verb.Create("compare", "Compares the fast kernels with the reference kernels, node by node.",
        [s_model, s_inputs, s_signature, s_threads, s_seed, s_tolerance, s_all], Run);

    private static int Run(Invocation invocation)
    {
        using var model = Model.Load(invocation.Get(s_model));
        using var fast = new Interpreter(model, Options(invocation, KernelSet.Fast));
        using var reference = new Interpreter(model, Options(invocation, KernelSet.Reference));
        string? signature = invocation.Get(s_signature);
        EntryPoint left = new(fast, signature), right = new(reference, signature);
        foreach (var entry in new[] { left, right })
        {
            if (invocation.Get(s_inputs) is { } path) TensorFile.Set(entry, TensorFile.ReadSteps(path)[0]);
            else SeededInputs.Fill(entry, invocation.Get(s_seed));
            entry.Invoke(invocation.Cancellation);
        }
        NodeRow[] rows = [.. left.Frame.Subgraph.Nodes.SelectMany(node => Compare(left, right, node))];
        double tolerance = invocation.Get(s_tolerance);
        NodeRow? first = rows.FirstOrDefault(r => !r.Difference.IsWithin(r.Type, tolerance));
        if (invocation.IsJson) WriteJson(invocation, rows, first);
        else Print(invocation, rows, first);
        return first is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static InterpreterOptions Options(Invocation invocation, KernelSet kernels) =>
        new() { Kernels = kernels, Threads = invocation.Get(s_threads), PreserveAllTensors = true };

    private static IEnumerable<NodeRow> Compare(EntryPoint fast, EntryPoint reference, Node node)
    {
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            int tensor = node.Outputs[i];
            if (tensor < 0 || new[] { fast, reference }.Any(e => e.Frame.Tensors[tensor].Address == 0)) continue;
            var type = fast.Frame.Subgraph.Tensors[tensor].Type;
            yield return new(node.Index, i, Throw.Describe(fast.Frame.Subgraph, node), type,
                TensorDifference.Between(type, fast.Frame.Bytes(tensor), reference.Frame.Bytes(tensor)));
        }
    }

    private static void Print(Invocation invocation, NodeRow[] rows, NodeRow? first)
    {
        var listed = rows.Where(r => invocation.Get(s_all) || r.Difference.Differing > 0).ToArray();
        if (listed.Length > 0)
        {
            invocation.Table(["node", "output", "type", "differ", "of", "largest", "relative"], listed.Select(r => new[]
            {
                r.Description, $"{r.Output}", r.Type.Name(), $"{r.Difference.Differing}", $"{r.Difference.Count}",
                r.Difference.Largest.ToString("G3", CultureInfo.InvariantCulture),
                    r.Difference.Relative.ToString("G3", CultureInfo.InvariantCulture),
            }));
        }
        int equal = rows.Count(r => r.Difference.Differing == 0);
        invocation.Output.WriteLine(
            $"{rows.Length} outputs of nodes compared: {equal} have the same bits, {rows.Length - equal} differ");
        if (first is not null) invocation.Output.WriteLine($"first beyond the tolerance: {first.Description}");
    }

    private static void WriteJson(Invocation invocation, NodeRow[] rows, NodeRow? first) => invocation.Json(json =>
    {
        json.WriteBoolean("within_tolerance", first is null);
        if (first is not null) json.WriteNumber("first_node_beyond", first.Node);
        json.Array("nodes", rows, (j, row) =>
        {
            j.WriteStartObject();
            j.WriteNumber("node", row.Node);
            j.WriteNumber("output", row.Output);
            j.WriteString("description", row.Description);
            j.WriteString("dtype", row.Type.Name());
            j.WriteNumber("differing", row.Difference.Differing);
            j.WriteNumber("count", row.Difference.Count);
            if (double.IsFinite(row.Difference.Largest)) j.WriteNumber("largest", row.Difference.Largest);
            else j.WriteNull("largest");
            j.WriteEndObject();
        });
    });

    private sealed record NodeRow(int Node, int Output, string Description, DType Type, TensorDifference Difference);
}
