using System.Buffers.Binary;

namespace Graft.Schema.Tests;

public sealed class VerifierTests
{
    /// <summary>Breaks the bytes of <see cref="SmallModel"/> and tells where the fault must be found.</summary>
    private delegate int Fault(byte[] bytes, ModelView model);

    private static readonly Dictionary<string, (string Field, Fault Break)> s_faults = new()
    {
        ["identifier"] = ("identifier", (b, _) => Set(b, 4, (byte)'X', at: 4)),
        ["root outside"] = ("root", (b, _) => Set(b, 0, b.Length, at: 0)),
        ["root of 0"] = ("root", (b, _) => Set(b, 0, 0, at: 0)),
        ["root beyond 2 GB"] = ("root", (b, _) => Set(b, 0, -8, at: 0)),
        ["vtable before the file"] = ("root", (b, m) => Set(b, m.Table.Position, b.Length, m.Table.Position)),
        ["vtable after the file"] = ("root", (b, m) => Set(b, m.Table.Position, -b.Length, m.Table.Position)),
        ["vtable of odd size"] = ("root", (b, m) => Set(b, VTable(b, m.Table), (byte)5, VTable(b, m.Table))),
        ["vtable of size 2"] = ("root", (b, m) => Set(b, VTable(b, m.Table), (byte)2, VTable(b, m.Table))),
        ["vtable too large"] = ("root", (b, m) => Set(b, VTable(b, m.Table) + 1, (byte)255, VTable(b, m.Table))),
        ["table of size 0"] = ("root", (b, m) => Set(b, VTable(b, m.Table) + 2, (byte)0, m.Table.Position)),
        ["table too large"] = ("root", (b, m) => Set(b, VTable(b, m.Table) + 3, (byte)255, m.Table.Position)),
        ["schema version 2"] = ("version", (b, m) => Set(b, Place(b, m.Table, 0), 2, m.Table.Position)),
        ["field before its table"] = ("version", (b, m) => Set(b, Entry(b, m.Table, 0), (byte)2, m.Table.Position)),
        ["field after its table"] = ("version", (b, m) => Set(b, Entry(b, m.Table, 0), (byte)254, m.Table.Position)),
        ["codes outside"] = ("operator_codes", (b, m) => Break(b, Place(b, m.Table, 1), int.MaxValue)),
        ["too many codes"] = ("operator_codes", (b, m) => Break(b, Follow(b, Place(b, m.Table, 1)), 1 << 30)),
        ["code outside"] = ("operator_codes[0]", (b, m) => Break(b, Follow(b, Place(b, m.Table, 1)) + 4, 1 << 24)),
        ["description outside"] = ("description", (b, m) => Break(b, Place(b, m.Table, 3), -1)),
        ["description too long"] = ("description", (b, m) => Break(b, Follow(b, Place(b, m.Table, 3)), 1 << 20)),
        ["shape too long"] = (
            "subgraphs[0].tensors[2].shape",
            (b, m) => Break(b, Follow(b, Place(b, Tensor(m, 2), 0)), -1)),
        ["quantization outside"] = (
            "subgraphs[0].tensors[1].quantization",
            (b, m) => Break(b, Place(b, Tensor(m, 1), 4), b.Length)),
        ["scale too long"] = (
            "subgraphs[0].tensors[1].quantization.scale",
            (b, m) => Break(b, Follow(b, Place(b, m.Subgraphs[0].Tensors[1].Quantization.Table, 2)), 1 << 28)),
        ["options outside"] = (
            "subgraphs[0].operators[0].builtin_options",
            (b, m) => Break(b, Place(b, m.Subgraphs[0].Operators[0].Table, 4), b.Length)),
        ["bool of 2"] = ("subgraphs[0].operators[0].mutating_variable_inputs", BreakBoolean),
        ["data too long"] = (
            "buffers[1].data",
            (b, m) => Break(b, Follow(b, Place(b, m.Buffers[1].Table, 0)), b.Length)),
    };

    public static TheoryData<string> Faults => [.. s_faults.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Names_the_field_and_the_offset(string fault)
    {
        byte[] bytes = SmallModel.Bytes();
        Verifier.Verify(bytes);
        int offset = s_faults[fault].Break(bytes, ModelView.Root(SmallModel.Bytes()));
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Verifier.Verify(bytes));
        Assert.Equal((s_faults[fault].Field, offset), (e.Field, e.Offset));
        Assert.StartsWith($"{e.Field} at offset {e.Offset}: ", e.Message);
    }

    [Fact]
    public void Every_truncation_is_refused_or_safe()
    {
        byte[] bytes = SmallModel.Bytes();
        int refused = Enumerable.Range(0, bytes.Length).Count(length => Walk.Refuses(bytes[..length]));
        Assert.InRange(refused, bytes.Length - 8, bytes.Length);
        Assert.False(Walk.Refuses([.. bytes, 1, 2, 3]));
    }

    [Fact]
    public void Reads_from_any_address()
    {
        byte[] bytes = RecordFiller.EveryTable();
        byte[] shifted = [0, .. bytes];
        Verifier.Verify(shifted.AsSpan(1));
        Differences differences = new();
        Comparison.Model(differences, FlatReader.Root(bytes), ModelView.Root(shifted.AsSpan(1)));
        Assert.Empty(differences.Found);
        Assert.True(differences.Compared > 500);
    }

    [Fact]
    public void Unknown_tags_are_left_to_the_reader()
    {
        byte[] bytes = SmallModel.Bytes();
        OperatorView op = ModelView.Root(bytes).Subgraphs[0].Operators[0];
        bytes[Place(bytes, op.Table, 3)] = 250;
        Verifier.Verify(bytes);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => ModelRecord.Parse(bytes));
        Assert.Equal("Operator.builtin_options", e.Field);
        Assert.Contains("BuiltinOptions(250)", e.Message);
    }

    private static Table Tensor(ModelView model, int index) => model.Subgraphs[0].Tensors[index].Table;

    private static int BreakBoolean(byte[] bytes, ModelView model)
    {
        int element = Follow(bytes, Place(bytes, model.Subgraphs[0].Operators[0].Table, 7)) + 4 + 1;
        return Set(bytes, element, (byte)2, at: element);
    }

    private static int VTable(byte[] bytes, Table table) =>
        table.Position - BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(table.Position));

    private static int Entry(byte[] bytes, Table table, int slot) => VTable(bytes, table) + 4 + (2 * slot);

    private static int Place(byte[] bytes, Table table, int slot) =>
        table.Position + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(Entry(bytes, table, slot)));

    private static int Follow(byte[] bytes, int at) => at + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

    private static int Break(byte[] bytes, int at, int value) => Set(bytes, at, value, at);

    private static int Set(byte[] bytes, int place, byte value, int at)
    {
        bytes[place] = value;
        return at;
    }

    private static int Set(byte[] bytes, int place, int value, int at)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place), value);
        return at;
    }
}
