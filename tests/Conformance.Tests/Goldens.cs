using Graft.Safetensors;

namespace Graft.Conformance.Tests;

/// <summary>The goldens in this repository, run by Graft with both kernel sets.</summary>
public sealed class Goldens
{
    public static string Folder { get; } = Find();

    private static readonly string Known = Path.Combine(Folder, "..", "known-differences.md");

    /// <summary>Every folder that has models.</summary>
    public static TheoryData<string> Folders => [.. ModelFolders()];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Outputs_are_those_of_the_reference(string folder)
    {
        string[] models = Directory.GetFiles(Path.Combine(Folder, folder), "*.tflite");
        var report = ConformanceCheck.Run(new CheckOptions { Paths = models, Kernels = [KernelSet.Fast, KernelSet.Reference], AllowFile = Known });
        var lines = report.Cases.Where(c => c.Status == CaseStatus.Failed).Select(c => $"{c.Name}: {string.Join(" | ", c.Details)}");
        Assert.True(report.Failed == 0, string.Join(Environment.NewLine, lines));
        Assert.Equal(models.Length, report.Passed + report.Known);
    }

    [Fact]
    public void Malformed_models_end_in_a_clear_error_or_a_valid_run()
    {
        var report = ConformanceCheck.RunMalformed(new CheckOptions { Paths = [Path.Combine(Folder, "_malformed")] });
        var lines = report.Cases.Where(c => c.Status == CaseStatus.Failed).Select(c => $"{c.Name}: {string.Join(" | ", c.Details)}");
        Assert.True(report.Failed == 0, string.Join(Environment.NewLine, lines));
        Assert.InRange(report.Passed, 50, 500);
    }

    /// <summary>
    /// The engine's own outputs are compared, not something that is equal anyway: a changed golden fails.
    /// </summary>
    [Theory]
    [InlineData("demo/digits/digits_f32", "s3/out/0")]
    [InlineData("demo/digits/digits_int8_io", "s3/out/0")]
    [InlineData("models/kws_ds_cnn/int8", "s0/out/0")]
    public void A_golden_with_a_wrong_value_fails(string model, string tensor)
    {
        string copy = Directory.CreateTempSubdirectory("graft-golden").FullName;
        try
        {
            string path = Path.Combine(copy, "model");
            File.Copy(Path.Combine(Folder, model + ".tflite"), path + ".tflite");
            File.Copy(Path.Combine(Folder, model + ".safetensors"), path + ".safetensors");
            var options = new CheckOptions { Paths = [copy] };
            Assert.Equal("1 passed, 0 failed, 0 skipped", ConformanceCheck.Run(options).Summary);
            Falsify(path + ".safetensors", tensor);
            Assert.Equal("0 passed, 1 failed, 0 skipped", ConformanceCheck.Run(options).Summary);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Changes the first element of a tensor: the sign of a float, one step of an 8-bit integer.</summary>
    private static void Falsify(string path, string tensor)
    {
        var file = SafetensorsFile.Open(path);
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        foreach (var stored in file.Tensors)
        {
            byte[] bytes = stored.Bytes.ToArray();
            if (stored.Name == tensor)
                bytes[stored.Type.Bits() / 8 - 1] ^= stored.Type == SafetensorsDType.F32 ? (byte)0x80 : (byte)1;
            writer.Add(stored.Name, stored.Type, stored.ToShape().Dimensions, bytes);
        }
        writer.Save(path);
    }

    /// <summary>Every model that is not broken on purpose.</summary>
    public static IEnumerable<string> Models() => ModelFolders().SelectMany(f => Directory.GetFiles(Path.Combine(Folder, f), "*.tflite"));

    private static IEnumerable<string> ModelFolders() =>
        Directory.GetFiles(Folder, "*.tflite", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Folder, Path.GetDirectoryName(f)!).Replace('\\', '/'))
        .Where(f => !f.StartsWith('_')).Distinct().Order(StringComparer.Ordinal);

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "conformance", "goldens");
            if (Directory.Exists(folder)) return folder;
        }
        throw new DirectoryNotFoundException("conformance/goldens is not above the tests");
    }
}
