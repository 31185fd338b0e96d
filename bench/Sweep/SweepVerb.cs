namespace Graft.Bench.Sweep;

/// <summary><c>sweep</c>: writes models of one layer, or one attention, in growing sizes, and the list that <c>compare</c> runs them by.</summary>
internal static class SweepVerb
{
    private const string ListName = "sweep.txt", FolderName = "sweep";

    /// <summary>Rows, inputs and outputs of matrix products alike.</summary>
    private static readonly int[] s_sizes = [16, 32, 64, 128, 256, 512, 1024, 2048];

    /// <summary>Sizes of single rows.</summary>
    private static readonly int[] s_rowSizes = [64, 256, 1024, 2048];

    private static readonly int[] s_lengths = [1, 8, 32, 128, 512];

    /// <summary>Layers of MobileNet and ResNet: pixels a side, channels, filters, the filter's side, stride; no filters for a depthwise one.</summary>
    private static readonly (int Side, int Channels, int Filters, int Filter, int Stride)[] s_layers =
    [
        (224, 3, 32, 3, 2), (224, 3, 64, 7, 2),
        (112, 32, 64, 1, 1), (56, 128, 128, 1, 1), (28, 256, 256, 1, 1), (14, 512, 512, 1, 1), (7, 1024, 1024, 1, 1),
        (112, 32, 0, 3, 1), (56, 128, 0, 3, 1), (28, 256, 0, 3, 1), (14, 512, 0, 3, 1), (7, 1024, 0, 3, 1), (112, 64, 0, 3, 2), (28, 240, 0, 5, 1),
        (56, 64, 64, 3, 1), (28, 128, 128, 3, 1), (14, 256, 256, 3, 1), (7, 512, 512, 3, 1),
    ];

    public static int Run(string[] args)
    {
        if (args is not [string folder])
        {
            Console.Error.WriteLine("sweep FOLDER: where the models and their list are written");
            return 1;
        }
        Directory.CreateDirectory(folder);
        var lines = new List<string>();
        foreach (var (type, numbers) in SweepModel.Types)
        {
            foreach (int size in s_sizes) Write($"dense_{size}", () => SweepModel.Dense(numbers, size, size, size));
            foreach (int size in s_rowSizes) Write($"dense_1x{size}", () => SweepModel.Dense(numbers, 1, size, size));
            foreach (var (side, channels, filters, filter, stride) in s_layers)
            {
                string name = $"{(filters == 0 ? "depthwise" : "conv")}_{filter}x{filter}_s{stride}_{side}x{channels}{(filters == 0 ? "" : $"x{filters}")}";
                Write(name, () => SweepModel.Convolution(numbers, side, channels, filters, filter, stride));
            }

            void Write(string name, Func<byte[]> make)
            {
                string file = $"{type}_{name}.tflite";
                File.WriteAllBytes(Path.Combine(folder, file), make());
                lines.Add($"{type} {FolderName} {file}");
            }
        }
        foreach (int length in s_lengths)
        {
            string file = $"attention_{length}.tflite";
            File.WriteAllBytes(Path.Combine(folder, file), SweepModel.Attention(length));
            lines.Add($"fp32 {FolderName} {file}");
        }
        string list = Path.Combine(folder, ListName);
        File.WriteAllLines(list, lines);
        Console.WriteLine($"{lines.Count} models; compare them with: compare --list {list} --models {FolderName}={folder} --section sweep --litert PYTHON");
        return 0;
    }
}
