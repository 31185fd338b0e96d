using System.Collections.Immutable;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Hub;

/// <summary>
/// Reads a folder of the AdapterHub library (Poth et al. 2023, arXiv 2311.11077): <c>adapter_config.json</c> with the method under
/// <c>config</c>, and <c>adapter.safetensors</c>, whose tensors bear the adapter's name.
/// </summary>
internal static class HubFolder
{
    public const string WeightsName = "adapter.safetensors";
    private const string HeadName = "head_config.json";

    /// <exception cref="AdapterException">Something in the folder is malformed, unknown or left over.</exception>
    public static ImportedAdapter Read(string folder)
    {
        string head = Path.Combine(folder, HeadName);
        if (File.Exists(head)) throw new AdapterException($"{head}: a prediction head was saved with the adapter; export the model with that head, and take its files away");
        var config = PeftConfig.Open(Path.Combine(folder, PeftFolder.ConfigName));
        using var tensors = AdapterTensors.Open(Path.Combine(folder, WeightsName), "");
        return Read(config, tensors);
    }

    public static ImportedAdapter Read(PeftConfig config, AdapterTensors tensors)
    {
        string version = config.Text("version") ?? "";
        if (!version.StartsWith("adapters.", StringComparison.Ordinal))
            throw new AdapterException($"{config.Path}: \"version\" is \"{version}\"; only files of the adapters library are understood (adapters.1.0 and later)");
        string name = config.Text("name") ?? throw new AdapterException($"{config.Path}: \"name\" is missing: it is part of every tensor's name");
        config.Ignore("model_name", "model_type", "config_id");
        var method = config.Section("config") ?? throw new AdapterException($"{config.Path}: \"config\" is missing: it describes the method");
        var found = HubMethods.Read(new(method, tensors, name) { HiddenSize = config.Integer("hidden_size"), ModelClass = config.Text("model_class") });
        tensors.CheckAllTaken(found.Method);
        config.CheckAllRead();
        return found with { ByteCount = tensors.ByteCount };
    }
}
