using System.Text.Json;

namespace Graft.Cli;

/// <summary>What the modules of an adapter were bound to, and on what evidence, as a table or as JSON.</summary>
internal static class AdapterModules
{
    public static void Print(Invocation invocation, IEnumerable<AdapterModule> modules) =>
        invocation.Table(["module", "node", "evidence"], modules.Select(m => new[] { m.Name, m.Node, m.Evidence }));

    public static void Write(Utf8JsonWriter json, IEnumerable<AdapterModule> modules) => json.Array("modules", modules, (j, m) =>
    {
        j.WriteStartObject();
        j.WriteString("module", m.Name);
        j.WriteString("node", m.Node);
        j.WriteString("evidence", m.Evidence);
        j.WriteEndObject();
    });
}
