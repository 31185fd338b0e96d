using BenchmarkDotNet.Attributes;
using Graft.Kernels.Gemm;

namespace Graft.Bench;

/// <summary>The matrix product tiles: float, and integer with 16-bit factors. Operations per second = 2 * M * K * N / mean.</summary>
[MemoryDiagnoser]
public class GemmBench
{
    private float[] _left = [], _packed = [], _product = [];
    private short[] _leftInt = [], _packedInt = [];
    private int[] _sums = [];

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
        _leftInt = [.. Enumerable.Range(0, M * Size).Select(_ => (short)random.Next(-255, 256))];
        _packedInt = new short[GemmInt.PackedLength(Size, Size)];
        GemmInt.Pack<sbyte>([.. Enumerable.Range(0, Size * Size).Select(_ => (sbyte)random.Next(-127, 128))], 0, Size, 1, Size, Size, _packedInt);
        _sums = new int[M * GemmInt.PaddedColumns(Size)];
    }

    [Benchmark]
    public void Float() =>
        GemmFloat.Run(new FloatProduct(new(_left, Size, M, Size), _packed, Size, default, FloatProduct.Unbounded, _product, Size), 0, FloatPanels.Count(Size), separate: false);

    [Benchmark]
    public void Int16() => GemmInt.Run(_leftInt, Size, M, Size, 0, Size, _packedInt, 0, GemmInt.PanelCount(Size), _sums, GemmInt.PaddedColumns(Size));

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
