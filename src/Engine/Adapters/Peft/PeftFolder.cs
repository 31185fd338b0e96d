using System.Collections.Immutable;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Safetensors;

namespace Graft.Adapters.Peft;

/// <summary>Reads a Hugging Face PEFT folder: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
internal static class PeftFolder
{
    public const string ConfigName = "adapter_config.json";
    public const string WeightsName = "adapter_model.safetensors";

    /// <exception cref="AdapterException">The folder is no adapter, or something in it is malformed, unknown or left over.</exception>
    public static ImportedAdapter Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new AdapterException($"'{folder}' is no folder; an adapter is a folder with {ConfigName} and {WeightsName}");
        var config = PeftConfig.Open(Path.Combine(folder, ConfigName));
        return Read(config, OpenTensors(folder));
    }

    public static ImportedAdapter Read(PeftConfig config, AdapterTensors tensors)
    {
        var source = new PeftSource(config, tensors);
        var method = AdapterTable.Find(config);
        var changes = ImmutableArray.CreateBuilder<IModuleChange>();
        changes.AddRange(method.Read(source));
        changes.AddRange(Replacements.Read(source));
        tensors.CheckAllTaken(method.Name);
        config.CheckAllRead();
        if (changes.Count == 0) throw source.Problem("the adapter has no tensors, so it would do nothing");
        return new(method.Name, method.Traits, changes.ToImmutable(), tensors.ByteCount);
    }

    private static AdapterTensors OpenTensors(string folder)
    {
        string path = Path.Combine(folder, WeightsName);
        if (!File.Exists(path))
        {
            string? pickle = Directory.EnumerateFiles(folder).FirstOrDefault(f => Path.GetExtension(f) is ".bin" or ".pt" or ".pth" or ".ckpt");
            throw new AdapterException(pickle is null ? $"{path}: there is no such file"
                : $"{pickle}: pickle files can run code when they are read and are refused; save the adapter as {WeightsName} (safe_serialization=True)");
        }
        try
        {
            return new(path, SafetensorsFile.Open(path));
        }
        catch (SafetensorsException e)
        {
            throw new AdapterException(e.Message, e);
        }
    }
}
