using System.CommandLine;

namespace Graft.Cli;

/// <summary>Arguments and options that several commands have.</summary>
internal static class Choices
{
    public static Argument<string> Model() => new("MODEL") { Description = "A .tflite file." };

    public static Option<string?> Signature() =>
        new("--signature") { Description = "Run this signature instead of the main subgraph.", HelpName = "KEY" };

    public static Option<int> Threads() => Count("--threads", 1, "Threads that share the work of one run.");

    public static Option<string?> Inputs() => new("--inputs")
    {
        Description = "A .safetensors file with tensors in/0, in/1 ..., or s0/in/0 ... for several runs in a row. "
            + "Without it, inputs are made up.",
        HelpName = "FILE",
    };

    public static Option<int> Seed() =>
        new("--seed") { Description = "Seed of made-up inputs.", DefaultValueFactory = _ => 0, HelpName = "N" };

    /// <summary>A number that is at least 1.</summary>
    public static Option<int> Count(string name, int usual, string description)
    {
        var option = new Option<int>(name) 
        {
            Description = description,
            DefaultValueFactory = _ => usual,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError($"{name} must be at least 1");
        });
        return option;
    }

    /// <summary>A choice of kernel sets; <paramref name="both"/> offers both at once.</summary>
    public static Option<string> Kernels(bool both)
    {
        string[] names = both ? ["fast", "reference", "both"] : ["fast", "reference"];
        var option = new Option<string>("--kernels")
        {
            Description = "Which implementation of the operators runs.",
            DefaultValueFactory = _ => both ? "both" : "fast",
            HelpName = string.Join('|', names),
        };
        return option.AcceptOnlyFromAmong(names);
    }

    public static KernelSet[] KernelSets(string name) => name switch
    {
        "fast" => [KernelSet.Fast],
        "reference" => [KernelSet.Reference],
        _ => [KernelSet.Fast, KernelSet.Reference],
    };
}
