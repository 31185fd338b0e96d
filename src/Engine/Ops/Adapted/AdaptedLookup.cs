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
            var layout = Sequences.Rows(Context, Context.Shape(Indices).Dimensions);
            var output = Context.Output(0);
            var rows = OutputRows.Of(output, Context.Out(0));
            return rows is null ? Plain : new AdaptedLookup<T>(Context.Node.Slot, Plain, Context.In(Indices), layout, RowLength, rows);
        }
    }
}

/// <inheritdoc cref="AdaptedLookup"/>
internal sealed class AdaptedLookup<TIndex>(int slot, IStep plain, Operand indices, RowLayout layout, int rowLength, OutputRows rows) : IStep
    where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    public void Run(in RunContext c)
    {
        plain.Run(c);
        var bindings = c.Bindings;
        if (!bindings.Binds(slot)) return;
        var tokens = c.Read<TIndex>(indices);
        var buffer = c.Session.Workspace(0)[..rowLength];
        for (int i = 0; i < layout.Rows; i++)
        {
            int one = 1;
            if (bindings.For(slot, i, layout, ref one) is not LookupDelta delta) continue;
            var row = rows.Open(c, i * rowLength, rowLength, buffer);
            delta.Apply(int.CreateTruncating(tokens[i]), row);
            rows.Close(c, i * rowLength, row);
        }
    }
}
