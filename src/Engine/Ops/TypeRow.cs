using System.Collections.Immutable;
using System.Numerics;
using Graft.Graphs;

namespace Graft.Ops;

/// <summary>One row of an <see cref="OpSignature"/>: which types the inputs and the outputs may have together.</summary>
internal sealed record TypeRow(ImmutableArray<TypeRow.Operand> Inputs, ImmutableArray<TypeRow.Operand> Outputs)
{
    /// <summary>One operand: a set of types (one bit each), or the type of an input; an output may have it whatever the file declares.</summary>
    internal readonly record struct Operand(uint Types, int SameAs, bool IsOptional, bool Repeats, bool IsImposed)
    {
        public DType TypeFor(ReadOnlySpan<DType?> inputs) => SameAs >= 0 ? inputs[SameAs]!.Value : (DType)BitOperations.TrailingZeroCount(Types);
    }

    public static TypeRow Parse(string text)
    {
        string[] sides = text.Split("->");
        if (sides.Length != 2) throw new FormatException($"a type row needs one '->': {text}");
        return new(Operands(sides[0]), Operands(sides[1]));
    }

    public bool Accepts(ReadOnlySpan<DType?> inputs, ReadOnlySpan<DType?> outputs) =>
        Matches(Inputs, inputs, inputs) && Matches(Outputs, outputs, inputs);

    /// <summary>The type that the row gives an output, whatever the file declares; null when it leaves it as declared.</summary>
    public DType? ImposedType(int output, ReadOnlySpan<DType?> inputs) =>
        output < Outputs.Length && Outputs[output] is { IsImposed: true } operand ? operand.TypeFor(inputs) : null;

    private static ImmutableArray<Operand> Operands(string side) =>
        [.. side.Split(' ', StringSplitOptions.RemoveEmptyEntries).Map(ParseOperand)];

    private static Operand ParseOperand(string text)
    {
        string core = text.TrimEnd('?', '*', '!');
        bool optional = text.IndexOf('?', core.Length) >= 0, repeats = text.IndexOf('*', core.Length) >= 0,
            imposed = text.IndexOf('!', core.Length) >= 0;
        if (core.StartsWith('=')) return new(0, int.Parse(core.AsSpan(1)), optional, repeats, imposed);
        if (core == "any") return new(uint.MaxValue, -1, optional, repeats, imposed);
        uint types = 0;
        foreach (string name in core.Split('|')) types |= 1u << (int)DTypes.FromShortName(name);
        return new(types, -1, optional, repeats, imposed);
    }

    private static bool Matches(ImmutableArray<Operand> operands, ReadOnlySpan<DType?> types, ReadOnlySpan<DType?> inputs)
    {
        int at = 0;
        foreach (var operand in operands)
        {
            int count = operand.Repeats ? types.Length - at : 1;
            for (int i = 0; i < count; i++, at++)
            {
                if (at >= types.Length || types[at] is not { } type)
                {
                    if (operand.IsOptional) continue;
                    return false;
                }
                if (operand.IsImposed) continue;
                bool fits = operand.SameAs >= 0
                    ? operand.SameAs < inputs.Length && inputs[operand.SameAs] == type
                    : (operand.Types >> (int)type & 1) != 0;
                if (!fits) return false;
            }
        }
        return at >= types.Length;
    }
}
