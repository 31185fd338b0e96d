using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Graft.Runtime;

/// <summary>
/// The threads that share a step's units with the caller. Each has a share of neighbouring units, the same from step to step, so that much of
/// what it reads is what it wrote; who has finished his share helps with others'. Units are claimed in ranges of a fixed size; a unit's bits
/// never depend on who computes it, so neither do results. Threads start with the first step that wants them, spin for a while after each and
/// then sleep. A step waits for no thread that has not begun to work on it: one that wakes late, or that the system keeps from running, finds
/// the step closed.
/// </summary>
internal sealed class WorkerPool(int workers) : IDisposable
{
    /// <summary>Each worker should have this many elementary operations, more than half a microsecond: what handing a share to another thread costs.</summary>
    private const long WorkerCostMin = 2_500;

    /// <summary>Ranges of each share: more even out the workers' pace, fewer keep neighbouring units together.</summary>
    private const int RangesPerWorker = 4;

    /// <summary>How long a worker looks out for the next step before it sleeps. Waking it then costs a system call.</summary>
    private static readonly long s_spinTicks = Stopwatch.Frequency / 20_000;

    /// <summary>How often a caller looks whether the helpers are done before it lets other threads run: for some 50 µs.</summary>
    private const int LooksBeforeYield = 1000;

    /// <summary>Pauses between two looks at the clock.</summary>
    private const int SpinPauses = 8;

    private readonly Lock _failing = new();
    private readonly Claims _claims = new(workers);
    private Thread[]? _threads;
    private Seat[] _seats = [];
    private Shared _shared;
    private ParallelStep? _step;
    private RunContext _context;
    private int _units;
    private int _range;
    private int _helpersMax;
    private (int Unit, Exception Cause)? _failure;
    private volatile bool _stopping;

    public int Count { get; } = workers;

    /// <summary>One for the caller and each helper that the step may have.</summary>
    private int Shares => _helpersMax + 1;

    /// <summary>How many of the workers are worth having for this many units of this cost.</summary>
    public static int Worth(int workers, int units, long unitCost) =>
        workers == 1 || units < 2 ? 1 : (int)Math.Clamp(Math.Min(units, units * unitCost / WorkerCostMin), 1, workers);

    public void Run(ParallelStep step, in RunContext c)
    {
        int units = step.Units, worth = Worth(Count, units, step.UnitCost);
        if (worth == 1)
        {
            step.RunRange(c, 0, units, 0);
            return;
        }
        if (_threads is null) Start();
        _step = step;
        _context = c;
        _units = units;
        _range = Math.Max(1, units / (worth * RangesPerWorker));
        _helpersMax = worth - 1;
        for (int share = 0; share < Shares; share++) _claims.Reset(share, Begin(share));
        Volatile.Write(ref _shared.Gate, Gate.Open);
        Interlocked.Increment(ref _shared.Generation);
        for (int helper = 0; helper < _helpersMax; helper++) _seats[helper].Wake();
        Work(0);
        Close();
        _step = null;
        _context = default;
        if (_failure is { } failure) Rethrow(failure.Cause);
    }

    public void Dispose()
    {
        _stopping = true;
        Interlocked.Increment(ref _shared.Generation);
        foreach (var seat in _seats) seat.Wake();
        foreach (var thread in _threads ?? []) thread.Join();
        foreach (var seat in _seats) seat.Dispose();
    }

    private void Start()
    {
        var threads = new Thread[Count - 1];
        _seats = new Seat[threads.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int worker = i + 1;
            _seats[i] = new Seat(Volatile.Read(ref _shared.Generation));
            threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"graft worker {worker}" };
        }
        _threads = threads;
        foreach (var thread in threads) thread.Start();
    }

    private void Serve(int worker)
    {
        var seat = _seats[worker - 1];
        while (!_stopping)
        {
            if (!Spin(seat.Seen)) seat.Sleep(ref _shared.Generation);
            int generation = Volatile.Read(ref _shared.Generation);
            if (generation == seat.Seen) continue;
            seat.Seen = generation;
            if (!Gate.TryEnter(ref _shared.Gate, ref _helpersMax)) continue;
            Work(worker);
            Gate.Leave(ref _shared.Gate);
        }
    }

    /// <summary>True as soon as there is another generation; false when it has not come in time.</summary>
    private bool Spin(int seen)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < SpinPauses; i++)
            {
                if (Volatile.Read(ref _shared.Generation) != seen) return true;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < s_spinTicks);
        return false;
    }

    /// <summary>The first unit of a share.</summary>
    private int Begin(int share) => (int)((long)_units * share / Shares);

    private void Work(int worker)
    {
        int shares = Shares;
        for (int i = 0; i < shares; i++) WorkOn((worker + i) % shares, worker);
    }

    private void WorkOn(int share, int worker)
    {
        var step = _step!;
        int end = Begin(share + 1), range = _range;
        while (_claims.Next(share, range) is var begin && begin < end)
        {
            try
            {
                step.RunRange(_context, (int)begin, (int)Math.Min(end, begin + range), worker);
            }
            catch (Exception e)
            {
                Fail((int)begin, e);
            }
        }
    }

    /// <summary>Lets nobody in any more and waits for those that are inside.</summary>
    private void Close()
    {
        Interlocked.And(ref _shared.Gate, ~Gate.Open);
        for (int looks = 0; Volatile.Read(ref _shared.Gate) != 0; looks++)
        {
            // SpinWait would double the time between two looks, and so wait up to twice as long as there is something to wait for.
            if (looks < LooksBeforeYield) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    /// <summary>Of several failures the one of the first unit counts, whoever came upon it when.</summary>
    private void Fail(int unit, Exception cause)
    {
        lock (_failing)
        {
            if (_failure is not { } known || unit < known.Unit) _failure = (unit, cause);
        }
    }

    private void Rethrow(Exception cause)
    {
        _failure = null;
        ExceptionDispatchInfo.Throw(cause);
    }
}
