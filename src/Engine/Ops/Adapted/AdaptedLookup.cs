using System.Numerics;
using Graft.Adapters.Running;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>A look-up with an adapter slot: the plain step picks the rows, deltas change them afterwards.</summary>
internal static class AdaptedLookup
{
    /// <summary>Wraps a look-up of whole rows: indices of one type, rows of floats or quantised integers.</summary>
    public static IStep Wrap(in PrepareContext c, IStep plain, int indices, int rowLength)
    {
        if (!c.IsAdapted) return plain;
        var make = new Make { Context = c, Plain = plain, Indices = indices, RowLength = rowLength };
        return NumberTypes.DispatchIndex<Make, IStep>(c.Type(indices), ref make);
    }

    private struct Make : IIndexAction<IStep>
    {
        public PrepareContext Context;
        public IStep Plain;
        public int Indices;
        public int RowLength;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>
        {
            int count = (int)Context.Shape(Indices).ElementCount;
            var output = Context.Output(0);
            LookupRow? rows = output.Type switch
            {
                DType.Float32 => new FloatLookupRow(Context.Out(0)),
                DType.Int8 when output.Quantization is { Scale: > 0 } q => new QuantizedLookupRow<sbyte>(Context.Out(0), q.Scale, q.ZeroPoint),
                DType.Int16 when output.Quantization is { Scale: > 0 } q => new QuantizedLookupRow<short>(Context.Out(0), q.Scale, q.ZeroPoint),
                _ => null,
            };
            return rows is null ? Plain : new AdaptedLookup<T>(Context.Node.Slot, Plain, Context.In(Indices), count, RowLength, rows);
        }
    }
}

/// <inheritdoc cref="AdaptedLookup"/>
internal sealed class AdaptedLookup<TIndex>(int slot, IStep plain, Operand indices, int count, int rowLength, LookupRow rows) : IStep
    where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    public void Run(in RunContext c)
    {
        plain.Run(c);
        var bindings = c.Bindings;
        if (!bindings.Binds(slot)) return;
        var tokens = c.Read<TIndex>(indices);
        var buffer = c.Session.Workspace(0)[..rowLength];
        for (int i = 0; i < count; i++)
        {
            int one = 1;
            if (bindings.For(slot, i, count, ref one) is not LookupDelta delta) continue;
            rows.Change(c, i, rowLength, delta, int.CreateTruncating(tokens[i]), buffer);
        }
    }
}

/// <summary>How one output row of a look-up is changed.</summary>
internal abstract class LookupRow
{
    public abstract void Change(in RunContext c, int row, int length, LookupDelta delta, int token, Span<float> buffer);
}

/// <summary>A row of floats, in place.</summary>
internal sealed class FloatLookupRow(Operand output) : LookupRow
{
    public override void Change(in RunContext c, int row, int length, LookupDelta delta, int token, Span<float> buffer) =>
        delta.Apply(token, c.Write<float>(output).Slice(row * length, length));
}

/// <summary>A row of quantised integers: dequantised, changed, and quantised again, rounding half away from zero.</summary>
internal sealed class QuantizedLookupRow<T>(Operand output, float scale, int zeroPoint) : LookupRow
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public override void Change(in RunContext c, int row, int length, LookupDelta delta, int token, Span<float> buffer)
    {
        var values = c.Write<T>(output).Slice(row * length, length);
        for (int i = 0; i < length; i++) buffer[i] = scale * (int.CreateTruncating(values[i]) - zeroPoint);
        delta.Apply(token, buffer);
        for (int i = 0; i < length; i++)
        {
            double q = Math.Round((double)buffer[i] / scale, MidpointRounding.AwayFromZero) + zeroPoint;
            values[i] = T.CreateTruncating((long)Math.Clamp(q, double.CreateTruncating(T.MinValue), double.CreateTruncating(T.MaxValue)));
        }
    }
}
