using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;

namespace Graft.Ops.Pointwise;

/// <summary>What <see cref="CastLanes"/> puts together.</summary>
internal static class CastKernels
{
    /// <summary>One after the other, block by block.</summary>
    public readonly struct Chain<TFirst, TSecond, TIn, TMiddle, TOut> : IFlatKernel<TIn, TOut>
        where TFirst : struct, IFlatKernel<TIn, TMiddle>
        where TSecond : struct, IFlatKernel<TMiddle, TOut>
        where TMiddle : unmanaged
    {
        private const int BlockLength = 512;

        public void Run(ReadOnlySpan<TIn> input, Span<TOut> output)
        {
            Span<TMiddle> block = stackalloc TMiddle[BlockLength];
            for (int start = 0; start < input.Length; start += BlockLength)
            {
                var part = block[..Math.Min(BlockLength, input.Length - start)];
                default(TFirst).Run(input.Slice(start, part.Length), part);
                default(TSecond).Run(part, output.Slice(start, part.Length));
            }
        }
    }

    public readonly struct Same<T> : IFlatKernel<T, T>
    {
        public void Run(ReadOnlySpan<T> input, Span<T> output) => input.CopyTo(output);
    }

    public readonly struct SameBits : IFlatKernel<uint, int>
    {
        public void Run(ReadOnlySpan<uint> input, Span<int> output) => MemoryMarshal.Cast<uint, int>(input).CopyTo(output);
    }

    public readonly struct Widen<TFormat, T> : IFlatKernel<T, float> where TFormat : struct, IFloatFormat<T> where T : unmanaged
    {
        public void Run(ReadOnlySpan<T> input, Span<float> output) => TFormat.Widen(input, output);
    }

    public readonly struct Narrow<TFormat, T> : IFlatKernel<float, T> where TFormat : struct, IFloatFormat<T> where T : unmanaged
    {
        public void Run(ReadOnlySpan<float> input, Span<T> output) => TFormat.Narrow(input, output);
    }

    public readonly struct Floats<T> : IFlatKernel<T, float> where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<float> output) => LaneCasts.ToFloats(input, output);
    }

    public readonly struct UnsignedFloats : IFlatKernel<uint, float>
    {
        public void Run(ReadOnlySpan<uint> input, Span<float> output) => DoubleCasts.ToFloats(input, output);
    }

    public readonly struct LongFloats : IFlatKernel<long, float>
    {
        public void Run(ReadOnlySpan<long> input, Span<float> output) => LongCasts.ToFloats(input, output);
    }

    public readonly struct DoubleFloats : IFlatKernel<double, float>
    {
        public void Run(ReadOnlySpan<double> input, Span<float> output) => DoubleCasts.ToFloats(input, output);
    }

    public readonly struct FloatDoubles : IFlatKernel<float, double>
    {
        public void Run(ReadOnlySpan<float> input, Span<double> output) => DoubleCasts.FromFloats(input, output);
    }

    public readonly struct LongDoubles : IFlatKernel<long, double>
    {
        public void Run(ReadOnlySpan<long> input, Span<double> output) => LongCasts.ToDoubles(input, output);
    }

    /// <summary>T is int or uint.</summary>
    public readonly struct WordDoubles<T> : IFlatKernel<T, double> where T : unmanaged
    {
        public void Run(ReadOnlySpan<T> input, Span<double> output) => DoubleCasts.FromWords(input, output);
    }

    /// <summary>T is int or uint.</summary>
    public readonly struct Longs<T> : IFlatKernel<T, long> where T : unmanaged
    {
        public void Run(ReadOnlySpan<T> input, Span<long> output) => DoubleCasts.ToLongs(input, output);
    }

    /// <summary>Cut, saturated to the range of T, as words.</summary>
    public readonly struct Words<T> : IFlatKernel<double, int> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<double> input, Span<int> output) => DoubleCasts.ToWords<T>(input, output);
    }

    /// <summary>Cut and saturated.</summary>
    public readonly struct Integers<T> : IFlatKernel<float, T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<float> input, Span<T> output) => LaneCasts.ToIntegers(input, output);
    }

    public readonly struct Widening<T> : IFlatKernel<T, int> where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<int> output) => LaneCasts.Widen(input, output);
    }

    public readonly struct LowBits<T> : IFlatKernel<int, T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<int> input, Span<T> output) => LaneCasts.Narrow(input, output);
    }

    public readonly struct LowHalves : IFlatKernel<long, int>
    {
        public void Run(ReadOnlySpan<long> input, Span<int> output)
        {
            Lengths.MustMatch(input.Length, output.Length);
            StridedRuns.EverySecond(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<long, int>(input)), ref MemoryMarshal.GetReference(output), output.Length);
        }
    }

    public readonly struct Truth<T> : IFlatKernel<T, byte> where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<byte> output)
        {
            Lengths.MustMatch(input.Length, output.Length);
            CompareZip.Apply<IsNotEqual, T>(new BroadcastShape([input.Length], [1]), input, [T.Zero], output);
        }
    }

    public readonly struct HalfTruth<TFormat, T> : IFlatKernel<T, byte> where TFormat : struct, IHalfFormat where T : unmanaged
    {
        public void Run(ReadOnlySpan<T> input, Span<byte> output)
        {
            Lengths.MustMatch(input.Length, output.Length);
            CompareZip.Apply<HalfComparison<IsNotEqual, TFormat>, short>(
                new BroadcastShape([input.Length], [1]), MemoryMarshal.Cast<T, short>(input), [0], output);
        }
    }
}
