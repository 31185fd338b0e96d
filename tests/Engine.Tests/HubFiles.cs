using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>Writes folders as the AdapterHub library does, for an adapter named ad.</summary>
internal static class HubFiles
{
    public static void Write(string folder, JsonObject method, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors, int hiddenSize = 4)
    {
        var config = new JsonObject { ["config"] = method.DeepClone(), ["name"] = "ad", ["version"] = "adapters.1.3.0", ["hidden_size"] = hiddenSize };
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config.ToJsonString());
        var writer = new SafetensorsWriter();
        foreach (var (name, (shape, values)) in tensors) writer.Add(name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        writer.Save(Path.Combine(folder, "adapter.safetensors"));
    }
}
