using Graft.Errors;
using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// CONCATENATION: the inputs side by side along an axis; scalars become a vector. uint8 inputs are requantised to the
/// output's scale in float32, rounding half away from zero; other types must have the output's scale already.
/// </summary>
internal sealed class Concatenation(int axis) : IOp<Concatenation>
{
    public static OpSignature Signature => new(BuiltinOperator.Concatenation, 7, $"{Move.Types} =0* -> =0");

    public static Concatenation Read(in OperatorDef def)
    {
        var options = def.Options<ConcatenationOptionsView>();
        if (options.FusedActivationFunction != ActivationFunctionType.None)
        {
            throw new UnsupportedOptionException(
                $"fused activation {options.FusedActivationFunction} is not supported (supported: None)");
        }
        return new(options.Axis);
    }

    public void Infer(in InferContext c)
    {
        var first = c.Shape(0);
        int at = c.Axis(axis, Math.Max(first.Rank, 1));
        int[] shape = first.Rank == 0 ? [1] : first.Dimensions.ToArray();
        long sum = 0;
        for (int i = 0; i < c.InputCount; i++)
        {
            var other = c.Shape(i);
            bool fits = other.Rank == first.Rank;
            for (int d = 0; fits && d < first.Rank; d++) fits = d == at || other[d] == first[d];
            c.Require(fits, $"input {i} has shape {other}, input 0 {first}; they may differ only along axis {at}");
            sum += other.Rank == 0 ? 1 : other[at];
            CheckQuantization(c, i);
        }
        c.Require(sum <= int.MaxValue, $"{sum} along axis {at} exceeds the limit of {int.MaxValue}");
        shape[at] = (int)sum;
        c.SetOutput(0, shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.OutputShape(0);
        int at = axis < 0 ? axis + shape.Rank : axis;
        long rows = shape.Product(0, at), inner = shape.Product(at + 1, shape.Rank);
        var widths = new long[c.InputCount];
        var inputs = new int[c.InputCount];
        var tables = new byte[]?[c.InputCount];
        for (int i = 0; i < widths.Length; i++)
        {
            inputs[i] = i;
            widths[i] = c.Shape(i).Rank == 0 ? 1 : c.Shape(i)[at] * inner;
            if (c.Type(0) == DType.UInt8) tables[i] = Table(c.Input(i).Quantization, c.Output(0).Quantization);
        }
        IMover mover = tables.All(t => t is null)
            ? Bands.Join(c.Type(0), rows, widths)
            : new RequantizingJoin(checked((int)rows), [.. widths.Select(w => checked((int)w))], tables);
        return Move.Step(c, mover, inputs, [0]);
    }

    private static void CheckQuantization(in InferContext c, int i)
    {
        if (c.Type(i) is DType.Int8 or DType.Int4) SameQuantization.Require(c, i, 0);
        if (c.Type(i) != DType.Int16) return;
        int zero = c.Input(i).Quantization?.ZeroPoint ?? 0, outputZero = c.Output(0).Quantization?.ZeroPoint ?? 0;
        c.Require(zero == 0 && outputZero == 0,
            $"int16 zero points must be 0; input {i} has {zero}, the output {outputZero}");
    }

    /// <summary>What every uint8 value becomes, or null when it stays.</summary>
    private static byte[]? Table(Quantization? from, Quantization? to)
    {
        if (from is null || to is null || (from.Scale == to.Scale && from.ZeroPoint == to.ZeroPoint)) return null;
        float scale = from.Scale * (1f / to.Scale), bias = -from.ZeroPoint * scale;
        var table = new byte[256];
        for (int q = 0; q < table.Length; q++)
        {
            float value = MathF.Round(q * scale + bias, MidpointRounding.AwayFromZero) + to.ZeroPoint;
            table[q] = (byte)Math.Clamp(value, 0, 255);
        }
        return table;
    }

    private sealed class RequantizingJoin(int rows, int[] widths, byte[]?[] tables) : IMover
    {
        private readonly int _whole = widths.Sum();

        public int Units => rows;

        public long Cost => (long)rows * _whole;

        public void Run(in MoveMemory memory, int begin, int end)
        {
            var target = memory.Target(0);
            for (int row = begin; row < end; row++)
            {
                int at = row * _whole;
                for (int i = 0; i < widths.Length; i++)
                {
                    var from = memory.Source(i).Slice(row * widths[i], widths[i]);
                    var to = target.Slice(at, widths[i]);
                    if (tables[i] is { } table) ByteTable.Map(table, from, to);
                    else from.CopyTo(to);
                    at += widths[i];
                }
            }
        }
    }
}
