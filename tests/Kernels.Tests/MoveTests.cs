using System.Numerics;
using Graft.Kernels.Move;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Strided copies and their relatives against loops that are written out.</summary>
public sealed class MoveTests
{
    private static readonly int[] Widths = [1, 2, 4, 8, 16];

    [Fact]
    public void RandomBoxesAreCopiedElementByElement()
    {
        var random = new Random(7);
        for (int round = 0; round < 1500; round++)
        {
            int width = Widths[random.Next(Widths.Length)];
            var axes = new CopyAxis[random.Next(1, 6)];
            // Target steps leave gaps now and then; source steps are anything, forwards, backwards or none.
            long step = 1;
            for (int a = axes.Length - 1; a >= 0; a--)
            {
                int length = random.Next(12) == 0 ? 0 : random.Next(1, a == axes.Length - 1 ? 40 : 7);
                long source = random.Next(4) switch { 0 => 0, 1 => 1, 2 => -random.Next(1, 50), _ =>
                    random.Next(1, 50) };
                axes[a] = new(length, source, step);
                step = step * Math.Max(length, 1) + random.Next(2);
            }
            random.Shuffle(axes.AsSpan()[..^1]);
            Check(random, width, axes);
        }
    }

    [Fact]
    public void PermutedTensorsOfEveryTailAreCopiedElementByElement()
    {
        var random = new Random(3);
        foreach (int width in Widths)
        {
            for (int rows = 1; rows <= 35; rows += 1 + (rows / 10))
            {
                for (int columns = 1; columns <= 70; columns += 1 + (columns / 8))
                {
                    Check(random, width, [new(columns, 1, rows), new(rows, columns, 1)]);
                    Check(random, width, [new(3, 2, 2L * rows * columns), new(2, 1, (long)rows * columns),
                        new(columns, 6, rows), new(rows, 6L * columns, 1)]);
                }
            }
        }
    }

    [Fact]
    public void RunsBackwardsAndOfEverySecondElement()
    {
        var random = new Random(5);
        foreach (int width in Widths)
        {
            for (int length = 1; length < 150; length++)
            {
                Check(random, width, [new(2, length, length + 1L), new(length, -1, 1)]);
                Check(random, width, [new(2, (2 * length) - 1L, length), new(length, 2, 1)]);
            }
        }
        Strided<byte>();
        Strided<ushort>();
        Strided<float>();
        Strided<ulong>();
    }

    private static void Strided<T>() where T : unmanaged, IBinaryNumber<T>
    {
        for (int length = 0; length < 140; length++)
        {
            T[] source = FloatSample.Integers<T>(Math.Max((2 * length) - 1, 1), length);
            T[] backwards = [.. source.Take(length).Reverse()], second = [.. source.Where((_, i) => i % 2 == 0).Take(length)];
            Width<V128<T>>();
            Width<V256<T>>();
            Width<V512<T>>();
            Width<Scalar<T>>();

            void Width<V>() where V : unmanaged, ISimd<V, T>
            {
                T[] target = new T[length + 1];
                nuint done = StridedRuns.Reverse<T, V>(ref source[Math.Max(length - 1, 0)], ref target[0], 0, length);
                Assert.InRange((int)done, length - V.Count + 1, length);
                Bits.Equal<T>(backwards.AsSpan(0, (int)done), target.AsSpan(0, (int)done), "backwards");
                done = StridedRuns.EverySecond<T, V>(ref source[0], ref target[0], 0, length);
                Assert.InRange((int)done, length - V.Count, length);
                Bits.Equal<T>(second.AsSpan(0, (int)done), target.AsSpan(0, (int)done), "every second");
            }
        }
    }

    [Fact]
    public void SpansThatAreTooShortAreRefused()
    {
        var copy = StridedCopy.Create(4, [new(3, 5, 4), new(4, 1, 1)], source: 2, target: 1);
        copy.Run(new byte[(2 + 10 + 4) * 4], new byte[(1 + 8 + 4) * 4]);
        Assert.Throws<ArgumentException>(() => copy.Run(new byte[(2 + 10 + 4) * 4 - 1], new byte[(1 + 8 + 4) * 4]));
        Assert.Throws<ArgumentException>(() => copy.Run(new byte[(2 + 10 + 4) * 4], new byte[(1 + 8 + 4) * 4 - 1]));
        Assert.Throws<ArgumentException>(() => StridedCopy.Create(4, [new(3, -1, 1)], source: 1));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void PackedElementsComeBack(int bits)
    {
        var random = new Random(1);
        for (int count = 0; count < 20; count++)
        {
            var elements = new byte[count];
            for (int i = 0; i < count; i++) elements[i] = (byte)random.Next(1 << bits);
            var packed = new byte[(count * bits + 7) / 8];
            var back = new byte[count];
            PackedBits.Pack(elements, bits, packed);
            PackedBits.Unpack(packed, bits, back);
            Assert.Equal(elements, back);
        }
    }

    [Fact]
    public void GatheredRowsNameTheFirstIndexOutside()
    {
        foreach (int width in (int[])[1, 2, 3, 4, 8, 12])
        {
            var source = new byte[2 * 5 * width];
            new Random(2).NextBytes(source);
            int[] indices = [4, 0, 3];
            var target = new byte[2 * 3 * width];
            Assert.Equal(-1, GatherRows.Run<int>(source, target, indices, 3, 2, 5, width, 0, 6));
            for (int row = 0; row < 6; row++)
            {
                int from = (row / 3 * 5 + indices[row % 3]) * width;
                Assert.Equal(source[from..(from + width)], target[(row * width)..((row + 1) * width)]);
            }
            indices[1] = 5;
            Assert.Equal(1, GatherRows.Run<int>(source, target, indices, 3, 2, 5, width, 0, 6));
            indices[1] = -1;
            Assert.Equal(1, GatherRows.Run<int>(source, target, indices, 3, 2, 5, width, 0, 6));
        }
    }

    private static void Check(Random random, int width, CopyAxis[] axes)
    {
        const int guard = 3;
        long sourceLow = axes.Sum(a => Math.Min((a.Length - 1) * a.Source, 0)), sourceHigh = axes.Sum(a =>
            Math.Max((a.Length - 1) * a.Source, 0));
        long targetHigh = axes.Sum(a => Math.Max((a.Length - 1) * a.Target, 0));
        bool isEmpty = axes.Any(a => a.Length == 0);
        long start = isEmpty ? 0 : guard - sourceLow;
        var source = new byte[(isEmpty ? 1 : start + sourceHigh + 1) * width];
        var target = new byte[(isEmpty ? 1 : guard + targetHigh + 1 + guard) * width];
        random.NextBytes(source);
        random.NextBytes(target);
        var expected = (byte[])target.Clone();
        if (!isEmpty) Naive(width, axes, source, start, expected, guard);
        var copy = StridedCopy.Create(width, axes, start, guard);
        // In two shares, as two workers would run it.
        int half = copy.Units / 2;
        copy.Run(source, target, half, copy.Units);
        copy.Run(source, target, 0, half);
        Bits.Equal<byte>(expected, target, $"{width} bytes, {string.Join(" ", axes)}");
    }

    private static void Naive(int width, ReadOnlySpan<CopyAxis> axes, byte[] source, long from, byte[] target, long to)
    {
        if (axes.IsEmpty)
        {
            Array.Copy(source, from * width, target, to * width, width);
            return;
        }
        for (int i = 0; i < axes[0].Length; i++)
        {
            Naive(width, axes[1..], source, from + i * axes[0].Source, target, to + i * axes[0].Target);
        }
    }
}
