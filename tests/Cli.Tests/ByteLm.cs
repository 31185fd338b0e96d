using Graft.Cli.Generation;
using Graft.Safetensors;
using Graft.Tests;

namespace Graft.Cli.Tests;

/// <summary>The byte-level language model of the corpus, with a map made as a user makes it.</summary>
public sealed class ByteLm : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-bytelm").FullName;

    public static string[] Styles { get; } = ["cynic", "dictionary", "manpage", "play", "recipe", "scripture"];

    public static string ModelPath => File("bytelm_f32.tflite");

    internal static SafetensorsFile Golden => SafetensorsFile.Open(File("bytelm_golden_torch.safetensors"));

    public string Map => System.IO.Path.Combine(_folder, "map.json");

    public static string Style(string name) => File("adapters", name);

    public static string File(params string[] parts) => SharedCorpus.Path(["demo", "bytelm", .. parts]);

    public async Task InitializeAsync()
    {
        if (SharedCorpus.Shared is null) return;
        var told = await Cli.Run("adapter", "bind", ModelPath, "--nodes", File("bytelm_binding.json"), "-o", Map);
        Assert.True(told.ExitCode == 0, told.Error);
        Assert.Contains("30 modules", told.Output);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    internal static byte[] Greedy(ByteGenerator generator, byte[] prompt, int count) => [.. generator.Generate(prompt, count, new ByteSampler())];
}
