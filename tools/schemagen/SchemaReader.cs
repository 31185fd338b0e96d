using System.Globalization;

namespace Graft.SchemaGen;

/// <summary>Reads a <c>.schema</c> description; a <see cref="FormatException"/> names the line at fault.</summary>
public sealed class SchemaReader
{
    private readonly List<(int Line, string Heading, List<string> Body)> _sections = [];
    private readonly Dictionary<string, string> _facts = [];
    private readonly Dictionary<string, EnumDefinition> _enums = [];
    private readonly Dictionary<string, UnionDefinition> _unions = [];
    private readonly HashSet<string> _tables = [];

    private SchemaReader(string text)
    {
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.TrimEnd();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] != ' ')
                _sections.Add((number, line, []));
            else if (_sections.Count == 0)
                throw new FormatException($"line {number}: indented line outside a section");
            else
                _sections[^1].Body.Add(line.Trim());
        }
    }

    /// <summary>Parses a description.</summary>
    public static SchemaDefinition Read(string text) => new SchemaReader(text).Build();

    private SchemaDefinition Build()
    {
        foreach ((int line, string heading, List<string> body) in _sections)
            Declare(line, Words(heading), body);
        List<TableDefinition> tables = [];
        foreach ((int line, string heading, List<string> body) in _sections)
        {
            string[] words = Words(heading);
            if (words[0] == "table")
                tables.Add(new TableDefinition(words[1], Fields(line, body)));
            else if (words[0] == "empty")
                tables.AddRange(Words(body).Select(n => new TableDefinition(n, [])));
        }

        foreach (UnionDefinition union in _unions.Values)
        {
            if (union.Members.FirstOrDefault(m => !_tables.Contains(m)) is { } unknown)
                throw new FormatException($"union {union.Name}: no table {unknown}");
        }

        SchemaDefinition schema = new(
            _facts["identifier"],
            int.Parse(_facts["version"], CultureInfo.InvariantCulture),
            _facts["root"],
            [.. _enums.Values],
            [.. _unions.Values],
            tables);
        Nesting.Check(schema);
        return schema;
    }

    private void Declare(int line, string[] words, List<string> body)
    {
        switch (words)
        {
            case ["identifier" or "version" or "root", var value]:
                _facts.Add(words[0], value);
                break;
            case ["enum", var name, var type] when ScalarType.Find(type) is { } scalar:
                _enums.Add(name, new EnumDefinition(name, scalar, [.. Words(body).Select(Member)]));
                break;
            case ["union", var name]:
                _unions.Add(name, new UnionDefinition(name, Words(body)));
                break;
            case ["table", var name]:
                DeclareTable(line, name);
                break;
            case ["empty"]:
                foreach (string name in Words(body))
                    DeclareTable(line, name);
                break;
            default:
                throw new FormatException($"line {line}: unknown section '{string.Join(' ', words)}'");
        }
    }

    private void DeclareTable(int line, string name)
    {
        if (!_tables.Add(name))
            throw new FormatException($"line {line}: table {name} is described twice");
    }

    private static EnumMember Member(string word) =>
        word.Split('/') is [var name, var identifier]
            ? new EnumMember(name, identifier)
            : new EnumMember(word, Naming.Pascal(word));

    private List<FieldDefinition> Fields(int line, List<string> body)
    {
        List<FieldDefinition> fields = [];
        int next = 0;
        foreach (string text in body)
        {
            line++;
            FieldDefinition field = Field(line, Words(text));
            int first = field.Kind == FieldKind.Union ? field.Slot - 1 : field.Slot;
            if (first != next)
                throw new FormatException($"line {line}: slot {first} of '{field.Name}' does not follow {next - 1}");
            next = field.Slot + 1;
            fields.Add(field);
        }

        return fields;
    }

    private FieldDefinition Field(int line, string[] words)
    {
        if (words.Length < 3 || !int.TryParse(words[0], CultureInfo.InvariantCulture, out int slot))
            throw new FormatException($"line {line}: expected 'slot name type ...'");
        string type = words[2];
        bool removed = false;
        int align = 0;
        string? given = null;
        string accessor = Naming.Pascal(words[1]) + "As";
        for (int i = 3; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "removed":
                    removed = true;
                    break;
                case "=":
                    given = words[++i];
                    break;
                case "align":
                    align = int.Parse(words[++i], CultureInfo.InvariantCulture);
                    break;
                case "accessor":
                    accessor = words[++i];
                    break;
                default:
                    throw new FormatException($"line {line}: unknown attribute '{words[i]}'");
            }
        }

        bool vector = type.StartsWith('[');
        string element = type.Trim('[', ']');
        FieldDefinition field = Typed(line, slot, words[1], element, vector);
        field = field with { Align = align, Accessor = accessor };
        field = given is null ? field : field with { Default = Default(field, given) };
        return removed ? field with { Kind = FieldKind.Removed } : field;
    }

    private FieldDefinition Typed(int line, int slot, string name, string type, bool vector)
    {
        FieldDefinition Make(FieldKind kind, ScalarType? scalar, string typeName, string zero = "") =>
            new(slot, name, kind, scalar, typeName, zero, 0, "");

        FieldKind scalarKind = vector ? FieldKind.ScalarVector : FieldKind.Scalar;
        if (ScalarType.Find(type) is { } scalar)
            return Make(scalarKind, scalar, scalar.CSharp, scalar.Zero);
        if (_enums.TryGetValue(type, out EnumDefinition? enumeration))
            return Make(scalarKind, enumeration.Type, type, type + "." + enumeration.Members[0].Identifier);
        if (type == "string" && !vector)
            return Make(FieldKind.String, null, type);
        if (_unions.ContainsKey(type) && !vector)
            return Make(FieldKind.Union, null, type);
        if (_tables.Contains(type))
            return Make(vector ? FieldKind.TableVector : FieldKind.Table, null, type);
        throw new FormatException($"line {line}: unknown type '{type}' of '{name}'");
    }

    private string Default(FieldDefinition field, string text) =>
        field.IsEnum
            ? field.TypeName + "." + _enums[field.TypeName].Members.Single(m => m.SchemaName == text).Identifier
            : text;

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Words(List<string> lines) => [.. lines.SelectMany(Words)];
}
