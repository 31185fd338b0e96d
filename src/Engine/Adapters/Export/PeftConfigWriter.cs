using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Graft.Adapters.Export;

/// <summary>
/// Writes the <c>adapter_config.json</c> of plain LoRA: rank and alpha of most modules as <c>r</c> and <c>lora_alpha</c>, those of the others as
/// patterns that match one path only. The bytes depend on the modules alone.
/// </summary>
internal static class PeftConfigWriter
{
    public static byte[] Write(IReadOnlyList<PlainLora> modules, string? baseName)
    {
        int rank = Most(modules.Select(m => m.Rank));
        double alpha = Most(modules.Select(Alpha));
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WritePattern(json, "alpha_pattern", modules.Where(m => Alpha(m) != alpha), (j, m) => j.WriteNumberValue(Alpha(m)));
            if (baseName is null) json.WriteNull("base_model_name_or_path");
            else json.WriteString("base_model_name_or_path", baseName);
            json.WriteString("bias", "none");
            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("inference_mode", true);
            json.WriteBoolean("init_lora_weights", true);
            json.WriteNumber("lora_alpha", alpha);
            json.WriteNumber("lora_dropout", 0);
            json.WriteNull("modules_to_save");
            json.WriteString("peft_type", "LORA");
            json.WriteNumber("r", rank);
            WritePattern(json, "rank_pattern", modules.Where(m => m.Rank != rank), (j, m) => j.WriteNumberValue(m.Rank));
            json.WriteStartArray("target_modules");
            foreach (var module in modules) json.WriteStringValue(module.Module);
            json.WriteEndArray();
            json.WriteNull("task_type");
            json.WriteBoolean("use_dora", false);
            json.WriteBoolean("use_rslora", false);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>
    /// s r, of which division by r and rounding to float makes s again: the product of 24 bits and a rank is exact in a double. A whole number that
    /// makes the same s goes before it, since that is what was configured.
    /// </summary>
    private static double Alpha(PlainLora module)
    {
        double exact = (double)module.Scale * module.Rank, whole = Math.Round(exact);
        return (float)(whole / module.Rank) == module.Scale ? whole : exact;
    }

    /// <summary>The value that most have; of several the smallest.</summary>
    private static T Most<T>(IEnumerable<T> values) => values.GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;

    private static void WritePattern(Utf8JsonWriter json, string key, IEnumerable<PlainLora> modules, Action<Utf8JsonWriter, PlainLora> value)
    {
        json.WriteStartObject(key);
        foreach (var module in modules)
        {
            // PEFT lets a pattern match the end of a path; the anchor makes it the whole path.
            json.WritePropertyName("^" + Regex.Escape(module.Module));
            value(json, module);
        }
        json.WriteEndObject();
    }
}
