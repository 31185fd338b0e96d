using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels;
using Graft.Ops;
using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>
/// Every type that the signatures of plain arithmetic accept is wired up, also those that no golden has because the reference leaves them
/// out. Types that need a scale are left to the goldens.
/// </summary>
public sealed class AcceptedTypesTests
{
    /// <summary>Numbers that every type holds, as it does their sums, differences, products and quotients.</summary>
    private static readonly double[] s_a = [7, 6, 5, 4, 3, 9], s_b = [1, 2, 3, 4, 2, 3];

    private static readonly Dictionary<BuiltinOperator, Func<double, double, double>> s_binary = new()
    {
        [BuiltinOperator.Add] = (a, b) => a + b,
        [BuiltinOperator.Sub] = (a, b) => a - b,
        [BuiltinOperator.Mul] = (a, b) => a * b,
        [BuiltinOperator.SquaredDifference] = (a, b) => (a - b) * (a - b),
        [BuiltinOperator.Maximum] = Math.Max,
        [BuiltinOperator.Minimum] = Math.Min,
        [BuiltinOperator.FloorDiv] = (a, b) => Math.Floor(a / b),
        [BuiltinOperator.FloorMod] = (a, b) => a % b,
        [BuiltinOperator.BitwiseXor] = (a, b) => (int)a ^ (int)b,
        [BuiltinOperator.RightShift] = (a, b) => (int)a >> (int)b,
        [BuiltinOperator.Less] = (a, b) => a < b ? 1 : 0,
        [BuiltinOperator.LessEqual] = (a, b) => a <= b ? 1 : 0,
        [BuiltinOperator.Greater] = (a, b) => a > b ? 1 : 0,
        [BuiltinOperator.GreaterEqual] = (a, b) => a >= b ? 1 : 0,
        [BuiltinOperator.Equal] = (a, b) => a == b ? 1 : 0,
        [BuiltinOperator.NotEqual] = (a, b) => a != b ? 1 : 0,
        [BuiltinOperator.AddN] = (a, b) => a + b,
        [BuiltinOperator.Prelu] = (a, _) => a,
    };

    private static readonly Dictionary<BuiltinOperator, Func<double, double>> s_unary = new()
    {
        [BuiltinOperator.Neg] = x => -x,
        [BuiltinOperator.Abs] = Math.Abs,
        [BuiltinOperator.Sign] = x => Math.Sign(x),
        [BuiltinOperator.Square] = x => x * x,
        [BuiltinOperator.Ceil] = Math.Ceiling,
        [BuiltinOperator.Floor] = Math.Floor,
        [BuiltinOperator.Round] = Math.Round,
        [BuiltinOperator.Exp] = Math.Exp,
        [BuiltinOperator.Log] = Math.Log,
        [BuiltinOperator.Sqrt] = Math.Sqrt,
        [BuiltinOperator.Rsqrt] = x => 1 / Math.Sqrt(x),
        [BuiltinOperator.Sin] = Math.Sin,
        [BuiltinOperator.Cos] = Math.Cos,
        [BuiltinOperator.Tanh] = Math.Tanh,
        [BuiltinOperator.Logistic] = x => 1 / (1 + Math.Exp(-x)),
        [BuiltinOperator.Elu] = x => x,
        [BuiltinOperator.Relu] = x => x,
        [BuiltinOperator.Relu6] = x => Math.Min(x, 6),
        [BuiltinOperator.Relu0To1] = x => Math.Min(x, 1),
        [BuiltinOperator.ReluN1To1] = x => Math.Min(x, 1),
        [BuiltinOperator.HardSwish] = x => x,
        [BuiltinOperator.LeakyRelu] = x => x,
    };

    /// <summary>Along the only axis.</summary>
    private static readonly Dictionary<BuiltinOperator, Func<double[], double[]>> s_reducing = new()
    {
        [BuiltinOperator.Sum] = x => [x.Sum()],
        [BuiltinOperator.ReduceProd] = x => [x.Aggregate(1.0, (p, v) => p * v)],
        [BuiltinOperator.ReduceMax] = x => [x.Max()],
        [BuiltinOperator.ReduceMin] = x => [x.Min()],
        [BuiltinOperator.Cumsum] = x => [.. x.Select((_, i) => x[..(i + 1)].Sum())],
        [BuiltinOperator.ArgMax] = x => [Array.IndexOf(x, x.Max())],
        [BuiltinOperator.ArgMin] = x => [Array.IndexOf(x, x.Min())],
    };

    public static TheoryData<string> Operators => [.. s_binary.Keys.Concat(s_unary.Keys).Concat(s_reducing.Keys).Select(code => code.ToString())];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_accepted_type_gives_the_exact_result(string name)
    {
        var code = Enum.Parse<BuiltinOperator>(name);
        var signature = OpTable.Rows.Single(r => r.Signature.Id == OpId.Builtin(code)).Signature;
        int tried = 0;
        foreach (var type in Enum.GetValues<DType>().Where(t => IsPlain(t, code)))
        {
            foreach (var output in (DType[])[type, DType.Bool, DType.Int32])
            {
                DType?[] inputs = s_binary.ContainsKey(code) ? [type, type] : s_unary.ContainsKey(code) ? [type] : [type, DType.Int32];
                if (signature.Refusal(1, inputs, [output]) is not null) continue;
                Check(code, type, output);
                tried++;
                break;
            }
        }
        Assert.True(tried > 0, "no type was tried");
    }

    /// <summary>Number types, without those whose tensors need a scale with most of these operators.</summary>
    private static bool IsPlain(DType type, BuiltinOperator code) => type is DType.BFloat16 or DType.Float16 or DType.Float32 or DType.Float64
        or DType.UInt16 or DType.Int32 or DType.UInt32 or DType.Int64 or DType.UInt64
        || (type is DType.Int8 or DType.UInt8 && code is BuiltinOperator.FloorDiv or BuiltinOperator.FloorMod or BuiltinOperator.BitwiseXor
            or BuiltinOperator.RightShift or BuiltinOperator.ArgMax or BuiltinOperator.ArgMin);

    private static void Check(BuiltinOperator code, DType type, DType output)
    {
        var b = new ModelBuilder();
        double[] expected = s_binary.TryGetValue(code, out var binary) ? [.. s_a.Zip(s_b, binary)]
            : s_unary.TryGetValue(code, out var unary) ? [.. s_a.Select(unary)] : s_reducing[code](s_a);
        int x = b.Input("x", type, s_a.Length), y = b.Tensor("y", output, expected.Length);
        int[] inputs = binary is not null ? [x, b.Input("z", type, s_b.Length)] : s_unary.ContainsKey(code) ? [x] : [x, b.Constant("axis", [0], 1)];
        using var model = b.Operator(code, inputs, [y]).Output(y).Load();
        using var interpreter = new Interpreter(model);
        Write(s_a).CopyTo(interpreter.Inputs[0].Bytes);
        if (binary is not null) Write(s_b).CopyTo(interpreter.Inputs[1].Bytes);
        interpreter.Invoke();
        double[] actual = Read(output, interpreter.Outputs[0].Bytes);
        double relative = type switch { DType.BFloat16 => 1 / 128.0, DType.Float16 => 1 / 1024.0, _ => 1e-6 };
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(actual[i] - expected[i]) <= relative * Math.Abs(expected[i]),
                $"{code} of {type.Name()}, element {i}: {actual[i]}, expected {expected[i]}");
        }

        byte[] Write(double[] values)
        {
            if (type == DType.BFloat16) return MemoryMarshal.AsBytes<BFloat16>(values.Select(v => (BFloat16)(float)v).ToArray()).ToArray();
            var action = new ToBytes(values);
            return NumberTypes.Dispatch<ToBytes, byte[]>(type, ref action);
        }
    }

    private static double[] Read(DType type, ReadOnlySpan<byte> bytes)
    {
        if (type == DType.BFloat16) return [.. MemoryMarshal.Cast<byte, BFloat16>(bytes).ToArray().Select(v => (double)(float)v)];
        var action = new FromBytes(bytes.ToArray());
        return NumberTypes.Dispatch<FromBytes, double[]>(type, ref action);
    }

    private readonly struct ToBytes(double[] values) : INumberAction<byte[]>
    {
        public byte[] Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            MemoryMarshal.AsBytes<T>(values.Select(T.CreateChecked).ToArray()).ToArray();
    }

    private readonly struct FromBytes(byte[] bytes) : INumberAction<double[]>
    {
        public double[] Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            [.. MemoryMarshal.Cast<byte, T>(bytes).ToArray().Select(double.CreateChecked)];
    }
}
