using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// Quantised outputs from the sums of a panel: clamp(scaled sum + zero point, min, max), the addition wrapping. Sums and the numbers of
/// columns are in <see cref="PanelOrder"/>; outputs have at most 16 bits, which bounds min and max. Rows of sums may be whole panels side by side
/// ("across"), each of which has numbers of its own.
/// </summary>
internal static class PanelRequantize
{
    /// <summary>Zero point and bounds of the outputs.</summary>
    internal readonly record struct Output(int ZeroPoint, int Min, int Max);

    public static void Write<TScale, TOut>(ReadOnlySpan<int> sums, int width, ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c,
        Output output, PanelTarget<TOut> target, bool across = false)
        where TScale : struct, IPanelScale
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        Lengths.MustReach((long)target.Rows * width, sums.Length);
        Lengths.MustReach(across ? (long)target.Rows * width : width, Math.Min(a.Length, Math.Min(b.Length, c.Length)));
        Lengths.MustReach(target.Columns, width);
        var action = new FixedAction<TScale, TOut> { Sums = sums[..(target.Rows * width)], A = a, B = b, C = c, Out = output, Target = target, Across = across };
        PanelWidth.Dispatch(width, ref action);
    }

    /// <summary>The same by factors in double precision, one rounding with ties away from zero.</summary>
    public static void WriteDouble<TOut>(ReadOnlySpan<int> sums, int width, ReadOnlySpan<double> factors, Output output, PanelTarget<TOut> target, bool across = false)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        Lengths.MustReach((long)target.Rows * width, sums.Length);
        Lengths.MustReach(across ? (long)target.Rows * width : width, factors.Length);
        Lengths.MustReach(target.Columns, width);
        var action = new DoubleAction<TOut> { Sums = sums[..(target.Rows * width)], Factors = factors, Out = output, Target = target, Across = across };
        PanelWidth.Dispatch(width, ref action);
    }

    private ref struct FixedAction<TScale, TOut> : IPanelAction
        where TScale : struct, IPanelScale
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        public required ReadOnlySpan<int> Sums, A, B, C;
        public required Output Out;
        public required PanelTarget<TOut> Target;
        public required bool Across;

        // In bounds: Write checked sums and numbers, and the target its rows.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            nuint n = (nuint)I.Count, at = 0, step = (nuint)Target.Stride;
            ref int a = ref MemoryMarshal.GetReference(A), b = ref MemoryMarshal.GetReference(B), c = ref MemoryMarshal.GetReference(C);
            I a0 = I.Load(ref a, 0), a1 = I.Load(ref a, n), b0 = I.Load(ref b, 0), b1 = I.Load(ref b, n), c0 = I.Load(ref c, 0), c1 = I.Load(ref c, n);
            I zero = I.Splat(Out.ZeroPoint);
            S low = S.Splat((short)Out.Min), high = S.Splat((short)Out.Max);
            ref int sum = ref MemoryMarshal.GetReference(Sums);
            ref TOut to = ref MemoryMarshal.GetReference(Target.Output);
            int rows = Target.Rows, columns = Target.Columns;
            if (Across)
            {
                for (int r = 0; r < rows; r++, at += 2 * n)
                {
                    I x0 = TScale.Apply<L, F, I>(I.Load(ref sum, at), I.Load(ref a, at), I.Load(ref b, at), I.Load(ref c, at)) + zero;
                    I x1 = TScale.Apply<L, F, I>(I.Load(ref sum, at + n), I.Load(ref a, at + n), I.Load(ref b, at + n), I.Load(ref c, at + n)) + zero;
                    Store<L, I, S>(S.Min(high, S.Max(low, L.Narrow(x0, x1))), ref to, (nuint)r * step, columns);
                }
                return;
            }
            if (columns <= I.Count)
            {
                // Half a panel is one vector when its columns are in natural order.
                (a0, b0, c0) = (L.NaturalLow(a0, a1), L.NaturalLow(b0, b1), L.NaturalLow(c0, c1));
                I least = I.Splat(Out.Min), greatest = I.Splat(Out.Max);
                for (int r = 0; r < rows; r++, at += 2 * n)
                {
                    I x = TScale.Apply<L, F, I>(L.NaturalLow(I.Load(ref sum, at), I.Load(ref sum, at + n)), a0, b0, c0) + zero;
                    x = I.Min(greatest, I.Max(least, x));
                    if (columns == I.Count) L.StoreNarrow(x, ref to, (nuint)r * step);
                    else PartialLanes<L, F, I>.StoreNarrow(x, ref to, (nuint)r * step, columns);
                }
                return;
            }
            for (int r = 0; r < rows; r++, at += 2 * n)
            {
                I x0 = TScale.Apply<L, F, I>(I.Load(ref sum, at), a0, b0, c0) + zero;
                I x1 = TScale.Apply<L, F, I>(I.Load(ref sum, at + n), a1, b1, c1) + zero;
                Store<L, I, S>(S.Min(high, S.Max(low, L.Narrow(x0, x1))), ref to, (nuint)r * step, columns);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<L, I, S>(S y, ref TOut to, nuint at, int columns)
            where L : unmanaged, IShortLanes<I, S>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            if (columns == S.Count) L.StoreNarrow(y, ref to, at);
            else PartialShorts<L, I, S>.StoreNarrow(y, ref to, at, columns);
        }

        public readonly void InvokeScalar()
        {
            int width = Sums.Length / Math.Max(1, Target.Rows);
            for (int i = 0; i < Target.Rows * Target.Columns; i++)
            {
                int row = i / Target.Columns, column = i % Target.Columns, n = Across ? row * width + column : column;
                int scaled = TScale.Apply<LanesScalar, Scalar<float>, Scalar<int>>(new(Sums[row * width + column]), new(A[n]), new(B[n]), new(C[n])).Value;
                Target.Output[row * Target.Stride + column] = TOut.CreateTruncating(Math.Clamp(scaled + Out.ZeroPoint, Out.Min, Out.Max));
            }
        }
    }

    private ref struct DoubleAction<TOut> : IPanelAction where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        public required ReadOnlySpan<int> Sums;
        public required ReadOnlySpan<double> Factors;
        public required Output Out;
        public required PanelTarget<TOut> Target;
        public required bool Across;

        // In bounds: as above.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<L, F, I, S>()
            where L : unmanaged, ILanes<F, I>, IShortLanes<I, S>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
            where S : unmanaged, ISimd<S, short>
        {
            nuint n = (nuint)I.Count, at = 0, step = (nuint)Target.Stride;
            I zero = I.Splat(Out.ZeroPoint);
            S low = S.Splat((short)Out.Min), high = S.Splat((short)Out.Max);
            ref double factors = ref MemoryMarshal.GetReference(Factors);
            ref int sum = ref MemoryMarshal.GetReference(Sums);
            ref TOut to = ref MemoryMarshal.GetReference(Target.Output);
            int rows = Target.Rows, columns = Target.Columns;
            bool whole = columns == S.Count;
            nuint next = Across ? 2 * n : 0, of = 0;
            for (int r = 0; r < rows; r++, at += 2 * n, of += next)
            {
                I x0 = L.ScaleDouble(I.Load(ref sum, at), ref factors, of) + zero;
                I x1 = L.ScaleDouble(I.Load(ref sum, at + n), ref factors, of + n) + zero;
                S y = S.Min(high, S.Max(low, L.Narrow(x0, x1)));
                if (whole) L.StoreNarrow(y, ref to, (nuint)r * step);
                else PartialShorts<L, I, S>.StoreNarrow(y, ref to, (nuint)r * step, columns);
            }
        }

        public readonly void InvokeScalar()
        {
            int width = Sums.Length / Math.Max(1, Target.Rows);
            for (int i = 0; i < Target.Rows * Target.Columns; i++)
            {
                int row = i / Target.Columns, column = i % Target.Columns, n = Across ? row * width + column : column;
                int scaled = LanesScalar.ScaleDouble(new(Sums[row * width + column]), in Factors[n], 0).Value;
                Target.Output[row * Target.Stride + column] = TOut.CreateTruncating(Math.Clamp(scaled + Out.ZeroPoint, Out.Min, Out.Max));
            }
        }
    }
}
