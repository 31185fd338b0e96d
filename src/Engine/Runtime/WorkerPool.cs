namespace Graft.Runtime;

/// <summary>
/// The threads that share a step's units with the caller. Workers spin briefly, then sleep. Units are handed out in fixed ranges, one
/// for each worker, so that nothing is allocated and results do not depend on timing.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Below this many elementary operations a step runs on the calling thread alone: waking a thread costs about 5 µs.</summary>
    private const long ParallelCostMin = 40_000;

    private const int SpinCount = 2_000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly Exception?[] _failures;
    private ParallelStep? _step;
    private RunContext _context;
    private int _generation;
    private int _pending;
    private volatile bool _stopping;

    public WorkerPool(int workers)
    {
        Count = workers;
        _threads = new Thread[workers - 1];
        _wake = new SemaphoreSlim[workers - 1];
        _failures = new Exception?[workers];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"graft worker {worker}" };
            _threads[i].Start();
        }
    }

    public int Count { get; }

    public void Run(ParallelStep step, in RunContext c)
    {
        int units = step.Units;
        if (Count == 1 || units < 2 || step.UnitCost * units < ParallelCostMin)
        {
            step.RunRange(c, 0, units, 0);
            return;
        }
        _step = step;
        _context = c;
        Volatile.Write(ref _pending, _threads.Length);
        Interlocked.Increment(ref _generation);
        foreach (var wake in _wake) wake.Release();
        RunShare(0);
        var spin = new SpinWait();
        while (Volatile.Read(ref _pending) != 0) spin.SpinOnce(sleep1Threshold: -1);
        _step = null;
        _context = default;
        Rethrow();
    }

    public void Dispose()
    {
        _stopping = true;
        foreach (var wake in _wake) wake.Release();
        foreach (var thread in _threads) thread.Join();
        foreach (var wake in _wake) wake.Dispose();
    }

    private void Work(int worker)
    {
        var wake = _wake[worker - 1];
        while (true)
        {
            for (int i = 0; i < SpinCount && wake.CurrentCount == 0; i++) Thread.SpinWait(1);
            wake.Wait();
            if (_stopping) return;
            RunShare(worker);
            Interlocked.Decrement(ref _pending);
        }
    }

    private void RunShare(int worker)
    {
        var step = _step!;
        int units = step.Units;
        int begin = (int)((long)units * worker / Count), end = (int)((long)units * (worker + 1) / Count);
        try
        {
            if (begin < end) step.RunRange(_context, begin, end, worker);
        }
        catch (Exception e)
        {
            _failures[worker] = e;
        }
    }

    private void Rethrow()
    {
        for (int i = 0; i < _failures.Length; i++)
        {
            if (_failures[i] is not { } failure) continue;
            Array.Clear(_failures);
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
