using System.Runtime.InteropServices;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>Writes made-up LoRA adapters of a module "layer" as PEFT does; alpha is the rank, so that the scale is 1.</summary>
internal static class LoraFolder
{
    public static string Write(string folder, int inputs, int outputs, int rank, int seedA, int seedB)
    {
        Directory.CreateDirectory(folder);
        var writer = new SafetensorsWriter();
        writer.Add("base_model.model.layer.lora_A.weight", SafetensorsDType.F32, [rank, inputs], MemoryMarshal.AsBytes(Numbers(rank * inputs, seedA).AsSpan()).ToArray());
        writer.Add("base_model.model.layer.lora_B.weight", SafetensorsDType.F32, [outputs, rank], MemoryMarshal.AsBytes(Numbers(outputs * rank, seedB).AsSpan()).ToArray());
        writer.Save(Path.Combine(folder, "adapter_model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), $$"""{"peft_type": "LORA", "r": {{rank}}, "lora_alpha": {{rank}}, "target_modules": ["layer"]}""");
        return folder;
    }

    /// <summary>Numbers from -0.5 to 0.5.</summary>
    public static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = random.NextSingle() - 0.5f;
        return numbers;
    }
}
