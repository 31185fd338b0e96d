using BenchmarkDotNet.Attributes;
using Graft.Kernels.Gemm;

namespace Graft.Bench;

/// <summary>The float matrix product tile. Operations per second = 2 * M * K * N / mean.</summary>
[MemoryDiagnoser]
public class GemmBench
{
    private float[] _left = [], _packed = [], _product = [];

    [Params(1, 4, 196, 784)]
    public int M { get; set; }

    [Params(64, 256, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _left = Floats(random, M * Size);
        _packed = new float[FloatPanels.Length(Size, Size)];
        FloatPanels.Pack(Floats(random, Size * Size), Size, 1, Size, Size, _packed);
        _product = new float[M * Size];
    }

    [Benchmark]
    public void Float() =>
        GemmFloat.Run(new FloatProduct(new(_left, Size, M, Size), _packed, Size, default, FloatProduct.Unbounded, _product, Size), 0, FloatPanels.Count(Size), separate: false);

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
