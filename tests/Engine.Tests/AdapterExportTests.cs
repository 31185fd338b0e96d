using System.Text.Json;
using Graft.Adapters;
using Graft.Adapters.Export;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;

namespace Graft.Tests;

public sealed class AdapterExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-export").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_has_the_same_bits_and_is_written_the_same()
    {
        using var model = Digits.Model();
        using var adapter = Digits.Load(model, "rotated-lora");
        adapter.Save(At("one"));
        adapter.Save(At("two"));
        using var again = model.LoadAdapter(At("one"), Digits.Options);
        again.Save(At("three"));
        Assert.Equal(Digits.Run(model, adapter), Digits.Run(model, again));
        Assert.NotEqual(Digits.Run(model, null), Digits.Run(model, again));
        AssertSame("one", "two");
        AssertSame("one", "three");
    }

    [Fact]
    public void The_scale_of_an_activation_is_written()
    {
        using var model = Digits.Model();
        using var half = model.LoadAdapter(Digits.Adapter("rotated-lora"), new() { BindingMap = Digits.Map("f32"), Scale = 0.3f });
        half.Save(At("half"));
        using var again = model.LoadAdapter(At("half"), Digits.Options);
        Assert.Equal(Digits.Run(model, half), Digits.Run(model, again));
    }

    [Fact]
    public void Adapters_that_act_together_are_written_as_one()
    {
        using var layer = new OneLayer();
        using var model = layer.Load(rows: 3);
        using var a = layer.Lora(model, "a", rank: 2);
        using var b = layer.Lora(model, "b", rank: 5);
        using var together = model.CombineAdapters("together", (a, 0.75f), (b, -0.5f));
        together.Save(At("together"));
        var only = (LoraChange)Assert.Single(AdapterFile.Read(At("together")).Changes);
        Assert.Equal((7, 1f), (only.A.Shape[0], only.Scale));
        using var again = model.LoadAdapter(At("together"), layer.Options);
        float[] expected = Digits.Run(model, together), actual = Digits.Run(model, again);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
        using var ties = model.CombineAdapters("ties", new CombinationOptions { Method = CombinationMethod.Ties, OnProducts = true, Density = 0.5 }, (a, 1), (b, 1));
        ties.Save(At("ties"));
        using var tiesAgain = model.LoadAdapter(At("ties"), layer.Options);
        Assert.Equal(Digits.Run(model, ties), Digits.Run(model, tiesAgain));
    }

    [Fact]
    public void Ranks_and_scales_that_differ_become_patterns_for_one_path_each()
    {
        ImportedAdapter adapter = Made(("layer", 2, 1.5f), ("other.layer", 3, 10 / 3f), ("last.layer", 2, 1.5f));
        AdapterExport.Write([(adapter, 1)], At("mixed"), overwrite: false);
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(At("mixed"), PeftFolder.ConfigName)));
        Assert.Equal((2, 3), (config.RootElement.GetProperty("r").GetInt32(), config.RootElement.GetProperty("lora_alpha").GetInt32()));
        Assert.Equal("""{"^other\\.layer":3}""", Compact(config, "rank_pattern"));
        Assert.Equal("""{"^other\\.layer":10}""", Compact(config, "alpha_pattern"));
        Assert.Equal("""["last.layer","layer","other.layer"]""", Compact(config, "target_modules"));
        var read = AdapterFile.Read(At("mixed")).Changes.Cast<LoraChange>().ToArray();
        Assert.Equal([("last.layer", 2, 1.5f), ("layer", 2, 1.5f), ("other.layer", 3, 10 / 3f)], read.Select(c => (c.Module, c.A.Shape[0], c.Scale)));
    }

    [Fact]
    public void Any_scale_comes_back_with_its_bits()
    {
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            float scale = BitConverter.Int32BitsToSingle(random.Next(0x1000_0000, 0x6000_0000));
            var adapter = Made(("m", random.Next(1, 70), scale));
            AdapterExport.Write([(adapter, 1)], At("scale"), overwrite: true);
            Assert.Equal(scale, ((LoraChange)Assert.Single(AdapterFile.Read(At("scale")).Changes)).Scale);
        }
    }

    [Fact]
    public void Embeddings_keep_their_kind()
    {
        var change = new LoraChange("embed", Tensor(2, 6), Tensor(4, 2), 1, null, null) { IsEmbedding = true };
        AdapterExport.Write([(new("LORA", Lora.Traits, [change], 0), 1)], At("embedding"), overwrite: false);
        var read = (LoraChange)Assert.Single(AdapterFile.Read(At("embedding")).Changes);
        Assert.True(read.IsEmbedding);
        Assert.Equal(change.A.Values, read.A.Values);
        Assert.Equal([2, 6], read.A.Shape);
    }

    [Theory]
    [InlineData("inverted-ia3", "(IA3): the change is not low-rank factors")]
    public void What_is_no_plain_lora_is_refused_and_nothing_is_left(string name, string message)
    {
        using var model = Digits.Model();
        using var adapter = Digits.Load(model, name);
        string refused = Assert.Throws<AdapterException>(() => adapter.Save(At("refused"))).Message;
        Assert.Contains(message, refused, StringComparison.Ordinal);
        Assert.Contains("module \"", refused, StringComparison.Ordinal);
        var magnitude = new LoraChange("m", Tensor(2, 4), Tensor(4, 2), 1, Tensor(4, 1), null);
        Assert.Contains("DoRA", Assert.Throws<AdapterException>(() => AdapterExport.Write([(new("LORA", Lora.Traits, [magnitude], 0), 1)], At("refused"), false)).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_that_is_there_is_replaced_only_when_asked_and_when_nothing_else_is_in_it()
    {
        var adapter = Made(("m", 2, 1f));
        AdapterExport.Write([(adapter, 1)], At("there"), overwrite: false);
        Assert.Contains("exists already", Assert.Throws<IOException>(() => AdapterExport.Write([(adapter, 2)], At("there"), overwrite: false)).Message);
        AdapterExport.Write([(adapter, 2)], At("there"), overwrite: true);
        Assert.Equal(2, ((LoraChange)Assert.Single(AdapterFile.Read(At("there")).Changes)).Scale);
        File.WriteAllText(Path.Combine(At("there"), "notes.txt"), "precious");
        Assert.Contains("notes.txt", Assert.Throws<IOException>(() => AdapterExport.Write([(adapter, 3)], At("there"), overwrite: true)).Message);
        Assert.Equal(2, ((LoraChange)Assert.Single(AdapterFile.Read(At("there")).Changes)).Scale);
        Assert.Equal([At("there")], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_failure_half_way_leaves_what_was_there()
    {
        FolderSwap.Write(At("swap"), false, ["a"], folder => File.WriteAllText(Path.Combine(folder, "a"), "old"));
        Assert.Throws<InvalidDataException>(() => FolderSwap.Write(At("swap"), true, ["a"], folder =>
        {
            File.WriteAllText(Path.Combine(folder, "a"), "new");
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(Path.Combine(At("swap"), "a")));
        Assert.Equal([At("swap")], Directory.EnumerateFileSystemEntries(_folder));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void AssertSame(string first, string second)
    {
        foreach (string file in (string[])[PeftFolder.ConfigName, PeftFolder.WeightsName])
            Assert.Equal(File.ReadAllBytes(Path.Combine(At(first), file)), File.ReadAllBytes(Path.Combine(At(second), file)));
    }

    private static string Compact(JsonDocument config, string key) => JsonSerializer.Serialize(config.RootElement.GetProperty(key), s_plain);

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ImportedAdapter Made(params (string Module, int Rank, float Scale)[] modules) =>
        new("LORA", Lora.Traits, [.. modules.Select(m => new LoraChange(m.Module, Tensor(m.Rank, 4), Tensor(6, m.Rank), m.Scale, null, null))], 0);

    private static AdapterTensor Tensor(int rows, int columns) => new("t", [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(i => i / 8f - 1)]);
}
