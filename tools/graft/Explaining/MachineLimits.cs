using System.Diagnostics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Cli.Explaining;

/// <summary>
/// What this machine can do at most with so many threads, measured in a fraction of a second: multiply-adds of floats in registers, those of the integer
/// tile in the nearest cache, and bytes read and written by copies of several sizes.
/// </summary>
/// <param name="FloatProducts">Float multiply-adds a second.</param>
/// <param name="IntegerProducts">Integer multiply-adds a second.</param>
/// <param name="Copies">Sizes of what is copied and bytes a second, ascending.</param>
internal sealed record MachineLimits(double FloatProducts, double IntegerProducts, (long Bytes, double Rate)[] Copies)
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(40);

    public static MachineLimits Measure(int threads, CancellationToken cancellation)
    {
        double floats = Rate(threads, cancellation, () => new FloatLoop().Run);
        double integers = Rate(threads, cancellation, () => new IntegerLoop().Run);
        long[] sizes = [16 << 10, 256 << 10, 4 << 20, 64 << 20];
        return new(floats, integers, [.. sizes.Select(size => (size, Rate(threads, cancellation, () => new CopyLoop(size / threads / 2).Run)))]);
    }

    /// <summary>Bytes a second for a node that moves so many.</summary>
    public double Bandwidth(long bytes)
    {
        foreach (var (size, rate) in Copies)
        {
            if (bytes <= size) return rate;
        }
        return Copies[^1].Rate;
    }

    /// <summary>Units a second of all threads together; each has a loop of its own, which returns the units of one turn.</summary>
    private static double Rate(int threads, CancellationToken cancellation, Func<Func<long>> makeLoop)
    {
        double total = 0;
        var gate = new Lock();
        Thread[] all = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            var loop = makeLoop();
            // The first turns meet cold code and memory.
            for (int i = 0; i < 3; i++) loop();
            double best = 0;
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_time && !cancellation.IsCancellationRequested;)
            {
                long before = Stopwatch.GetTimestamp(), units = loop();
                best = Math.Max(best, units / Stopwatch.GetElapsedTime(before).TotalSeconds);
            }
            lock (gate) total += best;
        }))];
        foreach (var thread in all) thread.Start();
        foreach (var thread in all) thread.Join();
        cancellation.ThrowIfCancellationRequested();
        return total;
    }

    private sealed class FloatLoop
    {
        private float _sink;

        public long Run()
        {
            var action = new Action();
            Isa.Dispatch<Action, float>(ref action);
            _sink += action.Sum;
            return action.Products;
        }

        private struct Action : ISimdAction<float>
        {
            private const int Turns = 20_000;

            public float Sum;
            public long Products;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public void Invoke<V>() where V : unmanaged, ISimd<V, float>
            {
                V x = V.Splat(0.999f), y = V.Splat(0.001f);
                V a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y;
                for (int turn = 0; turn < Turns; turn++)
                {
                    (a, b, c, d, e) = (V.MulAddEstimate(a, x, y), V.MulAddEstimate(b, x, y), V.MulAddEstimate(c, x, y), V.MulAddEstimate(d, x, y), V.MulAddEstimate(e, x, y));
                    (f, g, h, i, j) = (V.MulAddEstimate(f, x, y), V.MulAddEstimate(g, x, y), V.MulAddEstimate(h, x, y), V.MulAddEstimate(i, x, y), V.MulAddEstimate(j, x, y));
                }
                Sum = V.Sum(a + b + c + d + e + f + g + h + i + j);
                Products = 10L * Turns * V.Count;
            }
        }
    }

    private sealed class IntegerLoop
    {
        private const int Rows = 48, K = 256, Turns = 20;

        private readonly GemmInt _kernel = GemmInt.Select(false, false);
        private readonly byte[] _left, _packed;
        private readonly int[] _start, _sums;

        public IntegerLoop()
        {
            _left = new byte[Rows * _kernel.RowBytes(K)];
            _packed = new byte[_kernel.PackedBytes(K, _kernel.PanelWidth)];
            (_start, _sums) = (new int[_kernel.PanelWidth], new int[Rows * _kernel.PanelWidth]);
        }

        public long Run()
        {
            for (int i = 0; i < Turns; i++) _kernel.Run(new(_left, _kernel.RowBytes(K), Rows, _kernel.RowBytes(K)), K, 0, _packed, 0, _start, _sums);
            return (long)Turns * Rows * K * _kernel.PanelWidth;
        }
    }

    private sealed class CopyLoop(long bytes)
    {
        private readonly byte[] _from = new byte[bytes], _to = new byte[bytes];

        public long Run()
        {
            int turns = (int)Math.Max(1, (1 << 20) / bytes);
            for (int i = 0; i < turns; i++) _from.CopyTo(_to, 0);
            return 2 * bytes * turns;
        }
    }
}
