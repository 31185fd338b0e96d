using System.CommandLine;
using System.Globalization;
using Graft.Safetensors;

namespace Graft.Cli.Commands;

/// <summary><c>graft run</c>: runs a model once, or several times in a row with the state that it keeps.</summary>
internal static class RunCommand
{
    private const int ValuesShown = 8;

    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Option<string?> s_inputs = Choices.Inputs();
    private static readonly Option<string?> s_out = new("--out")
    {
        Description = "Write the outputs (and made-up inputs) to this .safetensors file.",
        HelpName = "FILE",
    };
    private static readonly Option<string?> s_signature = Choices.Signature();
    private static readonly Option<int> s_threads = Choices.Threads();
    private static readonly Option<string> s_kernels = Choices.Kernels(both: false);
    private static readonly Option<int> s_seed = Choices.Seed();
    private static readonly Option<string[]> s_adapter =
        AdapterArgument.Option("Run with this adapter, at this scale (1 if none is given); its folder holds a binding map, or --map names one. Repeat it for several that act together.");
    private static readonly Option<bool> s_merge = new("--merge") { Description = "Put the adapter into the weights before running." };
    private static readonly Option<double> s_fidelity = new("--min-fidelity")
    {
        Description = "How much of the adapter's change of each weight must be left after merging, 0 to 1.",
        DefaultValueFactory = _ => 0.75,
        HelpName = "X",
    };

    public static Command Create() => Verb.Create("run", "Runs a model on inputs from a file, or on made-up ones.",
        [s_model, s_inputs, s_out, s_signature, s_threads, s_kernels, s_seed, s_adapter, .. AdapterArgument.Options, s_merge, s_fidelity], Run);

    private static int Run(Invocation invocation)
    {
        using var model = Model.Load(invocation.Get(s_model));
        using var adapter = AdapterArgument.Load(model, invocation.Get(s_adapter) ?? [], invocation);
        if (invocation.Get(s_merge) && adapter is null) throw new ArgumentException("--merge needs an --adapter");
        using var merged = invocation.Get(s_merge) ? model.Merge(adapter!, invocation.Get(s_fidelity)) : null;
        using var interpreter = new Interpreter(merged ?? model, new InterpreterOptions
        {
            Threads = invocation.Get(s_threads),
            Kernels = Choices.KernelSets(invocation.Get(s_kernels)!)[0],
        });
        if (merged is null) interpreter.Adapter = adapter;
        var entry = new EntryPoint(interpreter, invocation.Get(s_signature));
        var writer = new SafetensorsWriter();
        var printed = new List<(string Name, string Type, Shape Shape, string Values)>();
        var steps = invocation.Get(s_inputs) is { } path ? TensorFile.ReadSteps(path) : null;
        for (int i = 0; i < (steps?.Count ?? 1); i++)
        {
            string prefix = steps?.Count > 1 ? $"s{i}/" : "";
            if (steps is not null) TensorFile.Set(entry, steps[i]);
            else
            {
                SeededInputs.Fill(entry, invocation.Get(s_seed));
                Keep($"{prefix}in/", entry.Inputs);
            }
            entry.Invoke(invocation.Cancellation);
            Keep($"{prefix}out/", entry.Outputs);
        }
        if (invocation.Get(s_out) is { } file) writer.Save(file);
        Print(invocation, printed);
        return ExitCode.Success;

        void Keep(string prefix, IReadOnlyList<Tensor> tensors)
        {
            for (int t = 0; t < tensors.Count; t++)
            {
                TensorFile.Add(writer, $"{prefix}{t}", tensors[t]);
                printed.Add(($"{prefix}{t}", tensors[t].Type.Name(), tensors[t].Shape, Values(tensors[t])));
            }
        }
    }

    private static void Print(Invocation invocation, List<(string Name, string Type, Shape Shape,
        string Values)> tensors)
    {
        if (!invocation.IsJson)
        {
            invocation.Table(["tensor", "type", "shape", "values"],
                tensors.Select(t => new[] { t.Name, t.Type, t.Shape.ToString(), t.Values }));
            return;
        }
        invocation.Json(json =>
        {
            foreach (var tensor in tensors)
            {
                json.WriteStartArray(tensor.Name);
                json.WriteStringValue(tensor.Type);
                json.WriteStartArray();
                foreach (int dimension in tensor.Shape.Dimensions) json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteEndArray();
            }
        });
    }

    private static string Values(Tensor tensor)
    {
        if (tensor.Type == DType.String)
            return Some(tensor.Strings().Take(ValuesShown).Select(s => $"\"{s}\""), tensor.Shape.ElementCount);
        if (Numbers.TryRead(tensor.Type, tensor.Bytes, ValuesShown) is not { } numbers)
            return $"{tensor.Bytes.Length} bytes";
        return Some(numbers.Select(v => v.ToString("G6", CultureInfo.InvariantCulture)), tensor.Shape.ElementCount);
    }

    private static string Some(IEnumerable<string> values, long count) =>
        string.Join(' ', values) + (count > ValuesShown ? " ..." : "");
}
