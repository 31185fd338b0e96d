using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Move;

/// <summary>
/// output = condition ? x : y, the three operands (in this order) broadcast together; a condition byte is true unless
/// 0.
/// </summary>
internal static class Choose
{
    public static void Run<T>(in BroadcastShape shape, ReadOnlySpan<byte> condition, ReadOnlySpan<T> x,
        ReadOnlySpan<T> y, Span<T> output)
        where T : unmanaged
    {
        var walk = new BroadcastWalk(shape);
        int length = walk.Length, at = 0;
        bool oneCondition = walk.Repeats(0), oneX = walk.Repeats(1), oneY = walk.Repeats(2);
        for (; walk.Next(); at += length)
        {
            var to = output.Slice(at, length);
            if (oneCondition)
            {
                bool choice = condition[(int)walk.A] != 0;
                var from = choice ? x[(int)walk.B..] : y[(int)walk.C..];
                if (choice ? oneX : oneY) to.Fill(from[0]);
                else from[..length].CopyTo(to);
                continue;
            }
            var flags = condition.Slice((int)walk.A, length);
            var xs = x.Slice((int)walk.B, oneX ? 1 : length);
            var ys = y.Slice((int)walk.C, oneY ? 1 : length);
            Between(flags, xs, ys, to);
        }
    }

    /// <summary>A run of elements; x and y may be single.</summary>
    private static void Between<T>(ReadOnlySpan<byte> flags, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> output) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == sizeof(int))
        {
            var words = new Words
            {
                Flags = flags,
                X = MemoryMarshal.Cast<T, int>(x),
                Y = MemoryMarshal.Cast<T, int>(y),
                Output = MemoryMarshal.Cast<T, int>(output),
            };
            Isa.Dispatch(ref words);
            return;
        }
        int stepX = x.Length == 1 ? 0 : 1, stepY = y.Length == 1 ? 0 : 1;
        flags = flags[..output.Length];
        for (int i = 0; i < output.Length; i++) output[i] = flags[i] != 0 ? x[i * stepX] : y[i * stepY];
    }

    private ref struct Words : ILanesAction
    {
        public required ReadOnlySpan<byte> Flags { get; init; }
        public required ReadOnlySpan<int> X { get; init; }
        public required ReadOnlySpan<int> Y { get; init; }
        public required Span<int> Output { get; init; }

        [MethodImpl(Jit.Loop)]
        public readonly void Invoke<TLanes, F, I>()
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            int length = Output.Length;
            Lengths.MustReach(length, Flags.Length);
            bool oneX = X.Length == 1, oneY = Y.Length == 1;
            if (!oneX) Lengths.MustReach(length, X.Length);
            if (!oneY) Lengths.MustReach(length, Y.Length);
            ref byte flags = ref MemoryMarshal.GetReference(Flags);
            ref int left = ref MemoryMarshal.GetReference(X), right = ref MemoryMarshal.GetReference(Y), to = ref MemoryMarshal.GetReference(Output);
            I zero = I.Splat(0), x = oneX ? I.Splat(left) : zero, y = oneY ? I.Splat(right) : zero;
            int i = 0;
            // In bounds: i + Count <= length, which all but single operands have.
            for (; i + I.Count <= length; i += I.Count)
            {
                if (!oneX) x = I.Load(ref left, (nuint)i);
                if (!oneY) y = I.Load(ref right, (nuint)i);
                I.Store(I.Select(I.Equal(TLanes.LoadWiden(ref flags, (nuint)i), zero), y, x), ref to, (nuint)i);
            }
            for (; i < length; i++) Output[i] = Flags[i] != 0 ? X[oneX ? 0 : i] : Y[oneY ? 0 : i];
        }
    }
}
