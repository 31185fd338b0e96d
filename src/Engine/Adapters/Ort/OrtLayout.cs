using Graft.Schema;

namespace Graft.Adapters.Ort;

/// <summary>
/// The FlatBuffers schema of ONNX Runtime's adapters (onnxruntime/lora/adapter_format/adapter_schema.fbs): an adapter with three versions and
/// parameters, each with a name, dimensions, an ONNX type and bytes.
/// </summary>
internal static class OrtLayout
{
    public const int FormatVersionSlot = 0, ParametersSlot = 3;
    public const int NameSlot = 0, DimensionsSlot = 1, TypeSlot = 2, DataSlot = 3;

    private const int Parameter = 1;

    public static FormatLayout Format { get; } = new(".onnx_adapter file", "TORT", 0,
    [
        new("Adapter",
        [
            new("format_version", FieldForm.Scalar, sizeof(int)),
            new("adapter_version", FieldForm.Scalar, sizeof(int)),
            new("model_version", FieldForm.Scalar, sizeof(int)),
            new("parameters", FieldForm.TableVector, Parameter),
        ]),
        new("Parameter",
        [
            new("name", FieldForm.Vector, sizeof(byte)),
            new("dims", FieldForm.Vector, sizeof(long)),
            new("data_type", FieldForm.Scalar, sizeof(int)),
            new("raw_data", FieldForm.Vector, sizeof(byte)),
        ]),
    ], []);
}

/// <summary>A parameter in a verified file.</summary>
internal readonly ref struct OrtParameter : ITableView<OrtParameter>
{
    private OrtParameter(Table table) => Table = table;

    public Table Table { get; }

    public static OrtParameter Wrap(Table table) => new(table);
}
