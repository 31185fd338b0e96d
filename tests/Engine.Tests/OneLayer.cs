using System.Runtime.InteropServices;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>A base of one linear layer, and adapters for it, in a folder that goes with it.</summary>
internal sealed class OneLayer : IDisposable
{
    private const int Inputs = 24, Outputs = 18;

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-adapters").FullName;
    private readonly float[] _weights = LoraFolder.Numbers(Outputs * Inputs, 1);

    public Model Load(int rows)
    {
        Rename("layer");
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, rows, Inputs), w = b.Constant("w", _weights, Outputs, Inputs);
        return b.Output(b.FullyConnected(x, w, -1, "y", rows, Outputs)).Load();
    }

    /// <summary>Writes the base's weights with another name of the layer.</summary>
    public void Rename(string module)
    {
        var writer = new SafetensorsWriter();
        writer.Add(module + ".weight", SafetensorsDType.F32, [Outputs, Inputs], MemoryMarshal.AsBytes(_weights.AsSpan()).ToArray());
        writer.Save(BaseWeights);
    }

    /// <summary>Where an adapter lies.</summary>
    public string Folder(string name) => Path.Combine(_folder, name);

    public Adapter Lora(Model model, string name, int rank) => model.LoadAdapter(LoraFolder.Write(Folder(name), Inputs, Outputs, rank, rank, rank + 100), Options);

    public AdapterOptions Options => new() { BaseWeights = BaseWeights };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string BaseWeights => Path.Combine(_folder, "base.safetensors");
}
