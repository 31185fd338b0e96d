using System.Numerics;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Operators on one 8-bit input as tables of all results, made when the plan is.</summary>
internal static class ByteTable
{
    /// <summary>Tabulates a function from quantised value to quantised value, which is saturated to the output's type.</summary>
    public static IStep Integer(in PrepareContext c, Func<int, int> fn)
    {
        var action = new IntegerTable(c, fn);
        return NumberTypes.DispatchNarrow<IntegerTable, IStep>(c.Output(0).Type, ref action);
    }

    /// <summary>Tabulates a function from real number to real number; see <see cref="Lookup"/>.</summary>
    public static IStep Real(in PrepareContext c, Func<float, float> fn)
    {
        var action = new RealTable(c, fn);
        return NumberTypes.DispatchNarrow<RealTable, IStep>(c.Output(0).Type, ref action);
    }

    private readonly struct IntegerTable(PrepareContext c, Func<int, int> fn) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            bool isSigned = c.Type(0) == DType.Int8;
            var table = new T[Lookup.Count];
            for (int bits = 0; bits < table.Length; bits++) table[bits] = T.CreateSaturating(fn(isSigned ? (sbyte)bits : bits));
            return Flat.Of<Kernel<T>, byte, T>(c, new(table), Cost.Unit);
        }
    }

    private readonly struct RealTable(PrepareContext c, Func<float, float> fn) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            var table = new T[Lookup.Count];
            Lookup.Fill(TensorScale.Input(c, 0, mayLack: true), TensorScale.Output(c, 0, mayLack: true), fn, table.AsSpan());
            return Flat.Of<Kernel<T>, byte, T>(c, new(table), Cost.Unit);
        }
    }

    private readonly struct Kernel<T>(T[] table) : IFlatKernel<byte, T> where T : unmanaged
    {
        public void Run(ReadOnlySpan<byte> input, Span<T> output) => Lookup.Apply(input, table, output);
    }
}
