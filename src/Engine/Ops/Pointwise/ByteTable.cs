using System.Numerics;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Operators on one 8-bit input as tables, made when the plan is.</summary>
internal static class ByteTable
{
    /// <summary>Tabulates a function from quantised value to quantised value, which is saturated to the output's type.</summary>
    public static IStep Integer(in PrepareContext c, Func<int, int> fn)
    {
        var action = new Build(c, fn);
        return NumberTypes.DispatchNarrow<Build, IStep>(c.Output(0).Type, ref action);
    }

    /// <summary>
    /// Tabulates a function from real number to real number: float32 throughout, scaled by the reciprocal of the output scale and
    /// rounded half away from zero; what no int holds counts as the smallest one, as in the reference.
    /// </summary>
    public static IStep Real(in PrepareContext c, Func<float, float> fn)
    {
        var input = TensorScale.Input(c, 0);
        var output = TensorScale.Output(c, 0);
        float inverse = 1 / output.Scale;
        return Integer(c, q =>
        {
            float rescaled = MathF.Round(fn(input.Scale * (q - input.ZeroPoint)) * inverse, MidpointRounding.AwayFromZero);
            float shifted = rescaled + output.ZeroPoint;
            return shifted is >= int.MinValue and < 2147483648f ? (int)shifted : int.MinValue;
        });
    }

    private readonly struct Build(PrepareContext c, Func<int, int> fn) : INarrowIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            bool isSigned = c.Type(0) == DType.Int8;
            var table = new T[256];
            for (int bits = 0; bits < table.Length; bits++) table[bits] = T.CreateSaturating(fn(isSigned ? (sbyte)bits : bits));
            return Flat.Of<Kernel<T>, byte, T>(c, new(table), Cost.Unit);
        }
    }

    private readonly struct Kernel<T>(T[] table) : IFlatKernel<byte, T>
    {
        public void Run(ReadOnlySpan<byte> input, Span<T> output) => ByteLookup.Apply(input, table, output);
    }
}
