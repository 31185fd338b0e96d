using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Tests;

namespace Graft.Bench.Adapters;

/// <summary>A model of one fully connected layer, and LoRA adapters for it, in a folder that goes with it.</summary>
internal sealed class LayerModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-bench").FullName;
    private readonly BindingMap _map = new(new Dictionary<string, ModuleBinding>
    {
        ["layer"] = new("layer", ModuleKind.Linear, [new() { Subgraph = 0, Node = 0, Operand = 1, Orientation = Orientation.Rows }], BindingEvidence.Map),
    });

    public LayerModel(int rows, int inputs, int outputs)
    {
        (Rows, Inputs, Outputs) = (rows, inputs, outputs);
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, rows, inputs), w = b.Constant("w", LoraFolder.Numbers(outputs * inputs, 1), outputs, inputs);
        Model = b.Output(b.FullyConnected(x, w, -1, "y", rows, outputs)).Load();
    }

    public Model Model { get; }

    public int Rows { get; }

    public int Inputs { get; }

    public int Outputs { get; }

    public Adapter Lora(string name, int rank, int seed) => Load(WriteLora(name, rank, seed));

    public Adapter Load(string folder) => Model.LoadAdapter(folder, _map);

    /// <summary>Writes the map beside an adapter, where it is found by itself.</summary>
    public void WriteMap(string folder) => BindingMapFile.Write(Path.Combine(folder, BindingMapFile.DefaultName), _map, Model.Optimized);

    public string FolderOf(string name) => Path.Combine(_folder, name);

    public string WriteLora(string name, int rank, int seed) => LoraFolder.Write(FolderOf(name), Inputs, Outputs, rank, seed, seed + 1);

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
