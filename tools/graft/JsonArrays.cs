using System.Text.Json;

namespace Graft.Cli;

internal static class JsonArrays
{
    /// <summary>Writes a property whose value is an array.</summary>
    public static void Array<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items) write(json, item);
        json.WriteEndArray();
    }
}
