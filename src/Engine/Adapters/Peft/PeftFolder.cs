using System.Collections.Immutable;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;

namespace Graft.Adapters.Peft;

/// <summary>Reads a Hugging Face PEFT folder: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
internal static class PeftFolder
{
    public const string ConfigName = "adapter_config.json";
    public const string WeightsName = "adapter_model.safetensors";

    /// <exception cref="AdapterException">The folder is no adapter, or something in it is malformed, unknown or left over.</exception>
    public static ImportedAdapter Read(string folder, KeyMapping mapping)
    {
        var config = PeftConfig.Open(Path.Combine(folder, ConfigName));
        var method = AdapterTable.Find(config);
        using var tensors = AdapterTensors.Open(Path.Combine(folder, WeightsName), method.TensorPrefix, mapping);
        return Read(config, method, tensors);
    }

    public static ImportedAdapter Read(PeftConfig config, AdapterTensors tensors) => Read(config, AdapterTable.Find(config), tensors);

    private static ImportedAdapter Read(PeftConfig config, MethodEntry method, AdapterTensors tensors)
    {
        var source = new PeftSource(config, tensors);
        var changes = ImmutableArray.CreateBuilder<IModuleChange>();
        changes.AddRange(method.Read(source));
        var prefix = method.ReadPrefix(source);
        var forBase = method.ReadForBase(source);
        changes.AddRange(Replacements.Read(source));
        tensors.CheckAllTaken(method.Name);
        config.CheckAllRead();
        if (changes.Count == 0 && prefix is null && forBase is null) throw source.Problem("the adapter has no tensors, so it would do nothing");
        return new(method.Name, method.Traits, changes.ToImmutable(), tensors.ByteCount) { Prefix = prefix, ForBase = forBase, BaseName = config.Text("base_model_name_or_path") };
    }
}
