using Graft.Adapters;

namespace Graft.Tests;

public sealed class AdapterFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-files").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_told_by_its_content_and_loaded_with_the_map_beside_it()
    {
        using var layer = new OneLayer();
        using var model = layer.Load(rows: 3);
        using var folder = layer.Lora(model, "folder", rank: 2);
        var lora = (Graft.Adapters.Methods.LoraChange)Assert.Single(AdapterFile.Read(layer.Folder("folder")).Changes);
        var file = GgufBuilder.Lora("gemma", 2).Tensor("output.weight.lora_a", lora.A.Shape, lora.A.Values).Tensor("output.weight.lora_b", lora.B.Shape, lora.B.Values);
        string path = Path.Combine(_folder, "my-lora.whatever");
        File.WriteAllBytes(path, file.ToBytes());
        layer.Rename("lm_head");
        model.WriteBindingMap(layer.Options.BaseWeights!, Path.Combine(_folder, "graft_binding.json"));
        using var adapter = model.LoadAdapter(path);
        Assert.Equal(("my-lora", "LORA"), (adapter.Name, adapter.Method));
        Assert.Equal(Digits.Run(model, folder), Digits.Run(model, adapter));
    }

    [Theory]
    [InlineData("504B0304140000000000", "a zip archive")]
    [InlineData("80027D7100", "a pickle")]
    [InlineData("4000000000000000" + "7B22", "give the folder that has it beside its adapter_config.json")]
    [InlineData("", "the file begins with")]
    [InlineData("00112233445566778899", "the file begins with 0011223344556677: neither")]
    public void Other_files_are_refused_with_the_reason(string hex, string message)
    {
        string path = Path.Combine(_folder, "other.gguf");
        File.WriteAllBytes(path, Convert.FromHexString(hex));
        string refused = Assert.Throws<AdapterException>(() => AdapterFile.Read(path)).Message;
        Assert.StartsWith(path, refused, StringComparison.Ordinal);
        Assert.Contains(message, refused, StringComparison.Ordinal);
        Assert.Contains("no folder and no file", Assert.Throws<AdapterException>(() => AdapterFile.Read(path + "x")).Message, StringComparison.Ordinal);
    }
}
