using System.Text;
using Graft.Schema;

namespace Graft.Properties;

/// <summary>A case in words: operands with types, shapes, quantisation and the first elements, and the options.</summary>
internal static class CaseText
{
    private const int BytesMax = 64;

    public static string Of(OneOpCase tried)
    {
        var model = ModelRecord.Read(ModelView.Root(tried.Model));
        var graph = model.Subgraphs![0];
        var node = graph.Operators![0];
        var text = new StringBuilder().AppendLine($"{tried.Operator} version {model.OperatorCodes![0].Version}, {Options((object?)node.BuiltinOptions ?? node.BuiltinOptions2)}");
        foreach (int index in node.Inputs!) Tensor("in", index);
        foreach (int index in node.Outputs!) Tensor("out", index);
        return text.ToString();

        void Tensor(string role, int index)
        {
            if (index < 0) { text.AppendLine($"  {role}: absent"); return; }
            var tensor = graph.Tensors![index];
            byte[] data = model.Buffers![(int)tensor.Buffer].Data ?? [];
            int feed = Array.IndexOf(graph.Inputs!, index);
            if (feed >= 0) data = tried.Feeds[feed].Bytes;
            string quant = tensor.Quantization is { } q ? $" scales {string.Join(' ', q.Scale ?? [])} zero point {q.ZeroPoint?[0]} axis {q.QuantizedDimension}" : "";
            text.AppendLine($"  {role}: {((DType)tensor.Type).Name()}[{string.Join(',', tensor.Shape ?? [])}]{quant}{(role == "in" && feed < 0 ? " constant" : "")} {Elements((DType)tensor.Type, data)}");
        }
    }

    private static string Options(object? options) => options is null ? "no options"
        : string.Join(' ', options.GetType().GetProperties().Where(p => p.Name != "Tag").Select(p => $"{p.Name}={Value(p.GetValue(options))}"));

    private static string Value(object? value) => value is System.Collections.IEnumerable many and not string ? string.Join(',', many.Cast<object>()) : $"{value}";

    private static string Elements(DType type, byte[] data) => type switch
    {
        DType.Float32 => List<float>(data),
        DType.Float16 => List<Half>(data),
        DType.Float64 => List<double>(data),
        DType.Int8 => List<sbyte>(data),
        DType.Int16 => List<short>(data),
        DType.Int32 => List<int>(data),
        DType.Int64 => List<long>(data),
        DType.UInt32 => List<uint>(data),
        _ => List<byte>(data),
    };

    private static string List<T>(byte[] data) where T : unmanaged
    {
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(data);
        int shown = Math.Min(values.Length, BytesMax);
        return string.Join(' ', values[..shown].ToArray()) + (shown < values.Length ? " ..." : "");
    }
}
