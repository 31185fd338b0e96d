using System.CommandLine;
using Graft.Adapters;
using Graft.Adapters.Combining;
using Graft.Adapters.Export;
using Graft.Adapters.Form;

namespace Graft.Cli.Commands;

/// <summary><c>graft adapter export</c> and <c>combine</c>: adapters as files, written for Hugging Face PEFT.</summary>
internal static class AdapterFilesCommand
{
    private const string Together = "cat";

    /// <summary>Methods by the names that PEFT gives them.</summary>
    private static readonly (string Name, CombinationMethod Method)[] s_methods =
    [
        ("linear", CombinationMethod.Linear), ("ties", CombinationMethod.Ties), ("dare_linear", CombinationMethod.DareLinear),
        ("dare_ties", CombinationMethod.DareTies), ("magnitude_prune", CombinationMethod.MagnitudePrune),
    ];

    private static readonly Argument<string[]> s_paths = new("[MODEL] ADAPTER")
    {
        Description = "A folder of PEFT or AdapterHub, or a GGUF, .onnx_adapter or LiteRT-LM file. With a model before it, the adapter must fit that model.",
        Arity = new(1, 2),
    };

    private static readonly Argument<string[]> s_adapters = new("ADAPTER[=WEIGHT]") { Description = "Adapters, each with its weight (1 if none is given).", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> s_folder = new("--out", "-o") { Description = "The folder to write: adapter_config.json and adapter_model.safetensors.", HelpName = "DIR", Required = true };
    private static readonly Option<bool> s_overwrite = new("--overwrite") { Description = "Replace the folder if it is there and holds such files only." };

    private static readonly Option<string> s_method = new Option<string>("--method")
    {
        Description = $"How adapters become one, by PEFT's names. {Together} joins the factors, which adds the products exactly; ranks add up.",
        DefaultValueFactory = _ => Together,
        HelpName = string.Join('|', [Together, .. s_methods.Select(m => m.Name)]),
    }.AcceptOnlyFromAmong([Together, .. s_methods.Select(m => m.Name)]);

    private static readonly Option<bool> s_products = new("--svd") { Description = "Let the method act on the products B A, and factor the result again; ranks may differ." };
    private static readonly Option<int> s_rank = new("--rank") { Description = "The rank after --svd (0: the largest).", HelpName = "N" };
    private static readonly Option<double> s_density = Density();
    private static readonly Option<string> s_sign = new Option<string>("--majority-sign")
    {
        Description = "How ties elects signs.",
        DefaultValueFactory = _ => "total",
        HelpName = "total|frequency",
    }.AcceptOnlyFromAmong("total", "frequency");

    private static readonly Option<int> s_seed = new("--seed") { Description = "Decides what dare drops.", HelpName = "N" };

    public static IEnumerable<Command> Create() =>
    [
        Verb.Create("export", "Writes an adapter, whatever its format, as a folder of Hugging Face PEFT, if it is plain LoRA.", [s_paths, s_folder, s_overwrite, .. AdapterArgument.Options], Export),
        Verb.Create("combine", "Makes one LoRA adapter of several and writes it as a folder of Hugging Face PEFT; no model is needed.",
            [s_adapters, s_folder, s_overwrite, s_method, s_products, s_rank, s_density, s_sign, s_seed, AdapterArgument.HeadSize], Combine),
    ];

    private static int Export(Invocation invocation)
    {
        string[] paths = invocation.Get(s_paths);
        string adapter = paths[^1];
        if (paths.Length == 1) return Write(invocation, [Read(invocation, adapter, 1)]);
        using var model = Model.Load(paths[0]);
        using var bound = AdapterArgument.Load(model, adapter, invocation);
        return Write(invocation, [.. bound.Parts.Adapters]);
    }

    private static int Combine(Invocation invocation)
    {
        var parts = invocation.Get(s_adapters).Select(AdapterArgument.Parse).Select(p => (Name: p.Path, Part: Read(invocation, p.Path, p.Scale))).ToList();
        string method = invocation.Get(s_method)!;
        if (method == Together) return Write(invocation, [.. parts.Select(p => p.Part)]);
        var options = new CombinationOptions
        {
            Method = Array.Find(s_methods, m => m.Name == method).Method,
            OnProducts = invocation.Get(s_products),
            Rank = invocation.Get(s_rank),
            Density = invocation.Get(s_density),
            MajoritySign = invocation.Get(s_sign) == "total" ? MajoritySign.Total : MajoritySign.Frequency,
            Seed = invocation.Get(s_seed),
        };
        if (options.Rank < 0) throw new ArgumentException("--rank must not be negative");
        return Write(invocation, [(new LoraCombiner(options).Combine([.. parts.Select(p => (p.Name, p.Part.Adapter, p.Part.Scale))]), 1)]);
    }

    private static (ImportedAdapter Adapter, float Scale) Read(Invocation invocation, string path, float scale) => (AdapterFile.Read(path, new() { HeadSize = invocation.Get(AdapterArgument.HeadSize) }), scale);

    private static int Write(Invocation invocation, IReadOnlyList<(ImportedAdapter Adapter, float Scale)> adapters)
    {
        string folder = invocation.Get(s_folder)!;
        int count = AdapterExport.Write(adapters, folder, invocation.Get(s_overwrite));
        if (invocation.IsJson) invocation.Json(json => json.WriteNumber("modules", count));
        else invocation.Output.WriteLine($"{count} modules: {folder}");
        return ExitCode.Success;
    }

    private static Option<double> Density()
    {
        var option = new Option<double>("--density") { Description = "The part of each tensor's elements that is kept, from 0 to 1.", DefaultValueFactory = _ => 1, HelpName = "X" };
        option.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= 0 and <= 1)) result.AddError("--density must be from 0 to 1");
        });
        return option;
    }
}
