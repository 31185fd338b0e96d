using System.Text.Json;

namespace Graft.Conformance.Reading;

/// <summary>What a golden's metadata says of an input or output.</summary>
/// <param name="Name">Name of the tensor, or its name in the signature.</param>
/// <param name="Type">The true element type, which safetensors cannot always express; null where only a name is
/// given.</param>
/// <param name="Dimensions">Declared dimensions, -1 where open.</param>
/// <param name="Scales">Empty when not quantised: when there are none, or all are zero.</param>
/// <param name="ZeroPoints">As many as scales.</param>
/// <param name="Axis">Axis of the scales, where there are several.</param>
internal sealed record TensorDescription(
    string Name, DType? Type, IReadOnlyList<int>? Dimensions, IReadOnlyList<float> Scales,
        IReadOnlyList<long> ZeroPoints, int Axis)
{
    /// <summary>Reads an entry of <c>inputs</c> or <c>outputs</c>: an object, or just a name.</summary>
    public static TensorDescription Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String) return new(json.GetString()!, null, null, [], [], 0);
        float[] scales = [.. Numbers(json, "scale").Select(s => s.GetSingle())];
        if (scales.All(s => s == 0)) scales = [];
        long[] zeroPoints = scales.Length == 0 ? [] : [.. Numbers(json, "zero_point").Select(z => z.GetInt64())];
        int axis = json.TryGetProperty("quantized_dimension", out var dimension) ? dimension.GetInt32() : 0;
        var type = json.TryGetProperty("dtype", out var name) ? StoredTypes.Parse(name.GetString()!) : (DType?)null;
        int[]? shape = json.TryGetProperty("shape", out var s) ? [.. s.EnumerateArray().Select(d => d.GetInt32())]
            : null;
        return new(NameOf(json), type, shape, scales, zeroPoints, axis);
    }

    private static string NameOf(JsonElement json)
    {
        foreach (string key in (ReadOnlySpan<string>)["sig_name", "signature_name", "name"])
        {
            if (json.TryGetProperty(key, out var name)) return name.GetString()!;
        }
        return "";
    }

    private static IEnumerable<JsonElement> Numbers(JsonElement json, string key)
    {
        if (!json.TryGetProperty(key, out var value)) return [];
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
    }
}
