using BenchmarkDotNet.Attributes;

namespace Graft.Bench;

/// <summary>
/// One Invoke of a model: set GRAFT_BENCH_MODEL to a .tflite file. The memory diagnoser shows 0 B for models of static shape.
/// </summary>
[MemoryDiagnoser]
public class InvokeBench
{
    private Model? _model;
    private Interpreter? _interpreter;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(KernelSet.Fast)]
    public KernelSet Kernels { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        string path = Environment.GetEnvironmentVariable("GRAFT_BENCH_MODEL")
            ?? throw new InvalidOperationException("set GRAFT_BENCH_MODEL to the .tflite file to time");
        _model = Model.Load(path);
        _interpreter = new Interpreter(_model, new InterpreterOptions { Threads = Threads, Kernels = Kernels });
        _interpreter.Invoke();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _interpreter?.Dispose();
        _model?.Dispose();
    }

    [Benchmark]
    public void Invoke() => _interpreter!.Invoke();
}
