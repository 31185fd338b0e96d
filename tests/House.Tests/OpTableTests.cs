using Graft.Ops;
using Graft.Schema;

namespace Graft.House;

/// <summary>No operator is forgotten: each is in the table with a case, or left out with a reason.</summary>
public sealed class OpTableTests
{
    private static readonly BuiltinOperator[] s_table =
        [.. OpTable.Rows.Select(r => r.Signature.Id).Where(id => id.CustomName is null).Select(id => id.Code)];

    [Fact]
    public void Every_operator_is_in_the_table_or_left_out_with_a_reason() => AssertNone(Forgotten(s_table),
        "in neither src/Engine/Ops/OpTable.cs nor NotSupported.cs: write the operator and its row, or the reason why not");

    [Fact]
    public void No_operator_is_both_in_the_table_and_left_out() => AssertNone(s_table.Where(NotSupported.Reasons.ContainsKey),
        "supported by now: delete the row of src/Engine/Ops/NotSupported.cs");

    [Fact]
    public void The_table_names_each_operator_once() => AssertNone(
        OpTable.Rows.GroupBy(r => r.Signature.Id).Where(g => g.Count() > 1).Select(g => g.Key), "more than one row");

    [Fact]
    public void Every_row_of_the_table_has_a_case() => AssertNone(WithoutCase(s_table, OpCases.Tried()),
        "no model in conformance/goldens has it and no test of the engine names it: add a golden or a test");

    [Fact]
    public void Forgotten_operators_and_missing_cases_are_found()
    {
        Assert.Contains(BuiltinOperator.Conv2D, Forgotten([BuiltinOperator.Add]));
        Assert.DoesNotContain(BuiltinOperator.Add, Forgotten([BuiltinOperator.Add]));
        Assert.DoesNotContain(BuiltinOperator.Delegate, Forgotten([]));
        Assert.Equal([BuiltinOperator.Elu], WithoutCase([BuiltinOperator.Add, BuiltinOperator.Elu], [BuiltinOperator.Add]));
    }

    [Fact]
    public void Cases_are_read_from_models_and_tests()
    {
        var model = new ModelRecord { Version = 3, OperatorCodes = [new() { BuiltinCode = BuiltinOperator.Elu, Version = 1 }], Buffers = [new()], Subgraphs = [] };
        Assert.Equal([BuiltinOperator.Elu], OpCases.InModel(model.ToBytes()));
        Assert.Equal([BuiltinOperator.Add], OpCases.InSource("model.Op(BuiltinOperator.Add)"));
    }

    // CUSTOM stands for operators that have names of their own.
    private static IEnumerable<BuiltinOperator> Forgotten(IEnumerable<BuiltinOperator> table) => Enum.GetValues<BuiltinOperator>()
        .Except(table).Except(NotSupported.Reasons.Keys).Where(code => code != BuiltinOperator.Custom);

    private static IEnumerable<BuiltinOperator> WithoutCase(IEnumerable<BuiltinOperator> table, IEnumerable<BuiltinOperator> tried) =>
        table.Except(tried);

    private static void AssertNone<T>(IEnumerable<T> offending, string message)
    {
        T[] found = [.. offending];
        Assert.True(found.Length == 0, $"{found.Length} operators are {message}:\n{string.Join(", ", found)}");
    }
}
