using System.Numerics;
using System.Runtime.InteropServices;

namespace Graft.Cli;

/// <summary>
/// Made-up inputs, the same for the same seed: normal numbers for floats, the full range for integers of a byte or
/// less, 0 or 1 for everything else. Open dimensions become 1.
/// </summary>
internal static class SeededInputs
{
    public static void Fill(EntryPoint entry, int seed)
    {
        for (int i = 0; i < entry.Inputs.Length; i++)
        {
            var declared = entry.Inputs[i].DeclaredShape;
            int[] shape = [.. declared.Dimensions];
            for (int d = 0; d < shape.Length; d++) shape[d] = Math.Max(shape[d], 1);
            if (!declared.Dimensions.SequenceEqual(shape)) entry.Resize(i, new Shape(shape));
        }
        var random = new Random(seed);
        foreach (var input in entry.Inputs) Fill(input, random);
    }

    private static void Fill(Tensor tensor, Random random)
    {
        switch (tensor.Type)
        {
            case DType.String:
                tensor.SetStrings([.. Enumerable.Range(0, (int)tensor.Shape.ElementCount)
                    .Select(_ => random.Next(2) == 0 ? "0" : "1")]);
                break;
            case DType.Complex64:
                Normal(MemoryMarshal.Cast<byte, float>(tensor.Bytes), random);
                break;
            case DType.BFloat16:
                // The upper half of a float32 is the bfloat16 below it.
                foreach (ref ushort bits in MemoryMarshal.Cast<byte, ushort>(tensor.Bytes))
                    bits = (ushort)(BitConverter.SingleToUInt32Bits((float)Normal(random)) >> 16);
                break;
            case DType.Bool:
                foreach (ref byte bit in tensor.Bytes) bit = (byte)random.Next(2);
                break;
            case var type when type.Bits() <= 8:
                random.NextBytes(tensor.Bytes);
                break;
            default:
                var action = new FillNumbers(tensor, random);
                NumberTypes.Dispatch<FillNumbers, bool>(tensor.Type, ref action);
                break;
        }
    }

    private static void Normal<T>(Span<T> values, Random random) where T : INumber<T>
    {
        foreach (ref T value in values) value = T.CreateTruncating(Normal(random));
    }

    // Box and Muller, 1958.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private readonly struct FillNumbers(Tensor tensor, Random random) : INumberAction<bool>
    {
        public bool Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var values = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
            if (tensor.Type.IsFloat()) Normal(values, random);
            else
            {
                foreach (ref T value in values) value = T.CreateTruncating(random.Next(2));
            }
            return true;
        }
    }
}
