using System.Runtime.InteropServices;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;
using Graft.Safetensors;

namespace Graft.Adapters.Export;

/// <summary>
/// Writes adapters as a folder of Hugging Face PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> with factors in float32.
/// Equal adapters give equal bytes, also those that were written and read before.
/// </summary>
internal static class AdapterExport
{
    /// <param name="adapters">Adapters that act together, each with its scale.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="overwrite">Whether an adapter's folder that is there is replaced.</param>
    /// <exception cref="AdapterException">Something is no plain LoRA.</exception>
    /// <exception cref="IOException">The folder exists, or cannot be written; what was there is as before.</exception>
    public static int Write(IReadOnlyList<(ImportedAdapter Adapter, float Scale)> adapters, string folder, bool overwrite)
    {
        var modules = PlainLora.Of(adapters);
        string?[] bases = [.. adapters.Select(a => a.Adapter.BaseName).Distinct()];
        byte[] config = PeftConfigWriter.Write(modules, bases.Length == 1 ? bases[0] : null);
        var weights = Weights(modules);
        FolderSwap.Write(folder, overwrite, [PeftFolder.ConfigName, PeftFolder.WeightsName], temporary =>
        {
            using (var file = File.Create(Path.Combine(temporary, PeftFolder.ConfigName)))
            {
                file.Write(config);
                file.Flush(flushToDisk: true);
            }
            using (var file = File.Create(Path.Combine(temporary, PeftFolder.WeightsName)))
            {
                weights.Write(file);
                file.Flush(flushToDisk: true);
            }
        });
        return modules.Count;
    }

    private static SafetensorsWriter Weights(IReadOnlyList<PlainLora> modules)
    {
        // PEFT and transformers read the format of the framework from here.
        var writer = new SafetensorsWriter { Metadata = { ["format"] = "pt" } };
        foreach (var module in modules)
        {
            Add(writer, module.Module, module.IsEmbedding ? "lora_embedding_A" : "lora_A.weight", module.A);
            Add(writer, module.Module, module.IsEmbedding ? "lora_embedding_B" : "lora_B.weight", module.B);
        }
        return writer;
    }

    private static void Add(SafetensorsWriter writer, string module, string parameter, AdapterTensor tensor) =>
        writer.Add($"{AdapterTensors.Prefix}{module}.{parameter}", SafetensorsDType.F32, tensor.Shape, MemoryMarshal.AsBytes<float>(tensor.Values).ToArray());
}
