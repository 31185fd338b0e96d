using Graft.Runtime;

namespace Graft.Tests;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_unit_is_computed_once_whatever_the_pace(int workers)
    {
        using var pool = new WorkerPool(workers);
        var random = new Random(workers);
        for (int run = 0; run < 3000; run++)
        {
            var step = new CountingStep(random.Next(1, 200), cost: random.Next(3) == 0 ? 1 : 1_000_000, spin: random.Next(20), workers);
            pool.Run(step, default);
            step.AssertDone();
            // Long enough for workers to fall asleep; now and then just as long as they look out for work.
            if (run % 100 == 0) Thread.Sleep(1);
            else if (run % 10 == 0) Wait(TimeSpan.FromMicroseconds(random.Next(100)));
        }
    }

    [Fact]
    public void Pools_do_not_disturb_each_other()
    {
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            for (int round = 0; round < 10; round++)
            {
                using var pool = new WorkerPool(3);
                for (int run = 0; run < 50; run++)
                {
                    var step = new CountingStep(1 + (run * 7 + i) % 40, cost: 1_000_000, spin: 5, workers: 3);
                    pool.Run(step, default);
                    step.AssertDone();
                }
            }
        });
    }

    [Fact]
    public void The_failure_of_the_first_unit_counts_and_the_pool_goes_on()
    {
        using var pool = new WorkerPool(4);
        for (int run = 0; run < 200; run++)
        {
            var failing = new CountingStep(64, cost: 1_000_000, spin: 3, workers: 4, failing: [5, 20, 63]);
            Assert.Equal("unit 5", Assert.Throws<InvalidOperationException>(() => pool.Run(failing, default)).Message);
            var step = new CountingStep(64, cost: 1_000_000, spin: 3, workers: 4);
            pool.Run(step, default);
            step.AssertDone();
        }
    }

    [Fact]
    public void Little_work_stays_on_the_calling_thread()
    {
        using var pool = new WorkerPool(4);
        for (int run = 0; run < 100; run++)
        {
            var step = new CountingStep(16, cost: 10, spin: 0, workers: 4);
            pool.Run(step, default);
            step.AssertDone();
            Assert.Equal([Environment.CurrentManagedThreadId], step.Threads);
        }
    }

    [Fact]
    public void Shared_runs_allocate_nothing()
    {
        using var pool = new WorkerPool(2);
        var step = new SummingStep();
        for (int run = 0; run < 100; run++) pool.Run(step, default);
        Assert.Equal(0, Allocated.Least(() => pool.Run(step, default), 1000));
    }

    [Theory]
    [InlineData(1, 100, 1_000_000, 1)]
    [InlineData(8, 1, 1_000_000, 1)]
    [InlineData(8, 3, 1_000_000, 3)]
    [InlineData(8, 100, 1_000_000, 8)]
    [InlineData(8, 100, 12, 1)]
    [InlineData(8, 100, 75, 3)]
    public void Workers_are_called_when_their_share_is_worth_it(int workers, int units, long unitCost, int worth) =>
        Assert.Equal(worth, WorkerPool.Worth(workers, units, unitCost));

    private static void Wait(TimeSpan time)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(start) < time) Thread.SpinWait(1);
    }

    /// <summary>Counts who computes what.</summary>
    private sealed class CountingStep(int units, long cost, int spin, int workers, params int[] failing) : ParallelStep
    {
        private readonly int[] _done = new int[units];
        private readonly int[] _inside = new int[workers];
        private readonly HashSet<int> _threads = [];
        private int _overlaps;

        public override int Units => units;

        public override long UnitCost => cost;

        public int[] Threads
        {
            get
            {
                lock (_threads) return [.. _threads];
            }
        }

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            if (Interlocked.Increment(ref _inside[worker]) != 1) Interlocked.Increment(ref _overlaps);
            lock (_threads) _threads.Add(Environment.CurrentManagedThreadId);
            try
            {
                for (int unit = begin; unit < end; unit++)
                {
                    Interlocked.Increment(ref _done[unit]);
                    Thread.SpinWait(spin);
                    if (failing.Contains(unit)) throw new InvalidOperationException($"unit {unit}");
                }
            }
            finally
            {
                Interlocked.Decrement(ref _inside[worker]);
            }
        }

        /// <summary>Each unit once, no worker number at two places at a time, and nobody at work any more.</summary>
        public void AssertDone()
        {
            Assert.All(_done, count => Assert.Equal(1, count));
            Assert.Equal(0, _overlaps);
            Assert.All(_inside, count => Assert.Equal(0, count));
        }
    }

    private sealed class SummingStep : ParallelStep
    {
        private long _sum;

        public override int Units => 64;

        public override long UnitCost => 100_000;

        public override void RunRange(in RunContext c, int begin, int end, int worker) => Interlocked.Add(ref _sum, end - begin);
    }
}
