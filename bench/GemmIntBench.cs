using BenchmarkDotNet.Attributes;
using Graft.Kernels.Gemm;

namespace Graft.Bench;

/// <summary>Integer matrix products, every way that this CPU has. Operations per second = 2 * M * Size^2 / mean.</summary>
public class GemmIntBench
{
    private byte[] _left = [], _packed = [];
    private int[] _start = [], _sums = [];

    [ParamsSource(nameof(Ways))]
    public string Way { get; set; } = "";

    [Params(1, 196)]
    public int M { get; set; }

    [Params(64, 256, 1024)]
    public int Size { get; set; }

    public static IEnumerable<string> Ways => GemmInt.All.Where(g => g.IsSupported).Select(g => g.Name);

    private GemmInt Kernel => GemmInt.All.First(g => g.Name == Way);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _left = new byte[M * Kernel.RowBytes(Size)];
        random.NextBytes(_left);
        sbyte[] right = [.. Enumerable.Range(0, Size * Size).Select(_ => (sbyte)random.Next(-127, 128))];
        _packed = new byte[Kernel.PackedBytes(Size, Size)];
        Kernel.Pack<sbyte>(right, 0, 1, Size, Size, Size, _packed);
        _start = new int[Kernel.PanelWidth];
        _sums = new int[GemmInt.BlockRows * Kernel.PanelWidth];
    }

    [Benchmark]
    public void Run()
    {
        int stride = Kernel.RowBytes(Size);
        for (int row = 0; row < M; row += GemmInt.BlockRows)
        {
            for (int panel = 0; panel < Kernel.PanelCount(Size); panel++)
            {
                Kernel.Run(new(_left.AsSpan(row * stride), stride, Math.Min(GemmInt.BlockRows, M - row), stride), Size, 0, _packed, panel, _start, _sums);
            }
        }
    }
}
