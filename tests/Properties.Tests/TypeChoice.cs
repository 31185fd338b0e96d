using Graft.Conformance.Rules;
using Graft.Ops;

namespace Graft.Properties;

/// <summary>Element types that a row of an operator's signature allows, drawn for each operand; null where an operand is absent.</summary>
internal sealed record TypeChoice(IReadOnlyList<DType?> Inputs, IReadOnlyList<DType> Outputs)
{
    private const int RepeatsMax = 4;

    // Strings, resources and variants need more than bytes.
    private const uint Undrawn = (1u << (int)DType.String) | (1u << (int)DType.Resource) | (1u << (int)DType.Variant);

    /// <summary>Draws types, some of them again where the reference would refuse them, so that most cases can be compared with it.</summary>
    public static TypeChoice From(OpSignature signature, Draw draw)
    {
        var support = ReferenceSupport.Of(signature.Id.Name);
        var types = Once(signature, draw);
        for (int again = draw.Int(0, 3); again > 0 && support is not null && !support.Accepted.Contains(types.ToString()); again--) types = Once(signature, draw);
        return types;
    }

    /// <summary>As the reference's support is written.</summary>
    public override string ToString() =>
        $"{string.Join(',', Inputs.Select(type => type?.ShortName() ?? "_"))}->{string.Join(',', Outputs.Select(type => type.ShortName()))}";

    private static TypeChoice Once(OpSignature signature, Draw draw)
    {
        TypeRow[] rows = [.. signature.Rows.Where(row => row.Inputs.Concat(row.Outputs).All(CanDraw))];
        if (rows.Length == 0) throw new DiscardedException("no row of types that can be drawn");
        var chosen = draw.Of<TypeRow>(rows);
        var inputs = Side(chosen.Inputs, draw, []);
        return new(inputs, [.. Side(chosen.Outputs, draw, inputs).Select(type => type!.Value)]);
    }

    private static bool CanDraw(TypeRow.Operand operand) => operand.SameAs >= 0 || Choices(operand).Length > 0;

    private static DType[] Choices(TypeRow.Operand operand) =>
        [.. Enumerable.Range(0, DTypes.Count).Where(type => ((operand.Types & ~Undrawn) >> type & 1) != 0).Select(type => (DType)type)];

    private static List<DType?> Side(IEnumerable<TypeRow.Operand> operands, Draw draw, List<DType?> inputs)
    {
        var types = new List<DType?>();
        var before = inputs.Count > 0 ? inputs : types;
        foreach (var operand in operands)
        {
            if (operand.IsOptional && !operand.Repeats && draw.Once(3)) types.Add(null);
            else
            {
                int count = operand.Repeats ? draw.Int(1, RepeatsMax) : 1;
                var type = operand.SameAs >= 0 ? before[operand.SameAs] : draw.Of<DType>(Choices(operand));
                types.AddRange(Enumerable.Repeat(type, count));
            }
        }
        return types;
    }
}
