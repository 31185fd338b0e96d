using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Graft.Cli;

/// <summary>One run of a command: what was asked for, and where the answer goes.</summary>
internal sealed record Invocation(ParseResult Parsed, bool IsJson, CancellationToken Cancellation)
{
    // Wide enough for tensor names when nobody watches; a terminal has its own width.
    private const int PipedWidth = 200;

    private const int CellWidthMax = 90;

    public string Name => Parsed.CommandResult.Command.Name;

    public TextWriter Output => Parsed.InvocationConfiguration.Output;

    public TextWriter Error => Parsed.InvocationConfiguration.Error;

    public T Get<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The output as a terminal: colours where it is one, plain text elsewhere.</summary>
    public IAnsiConsole Terminal()
    {
        bool isTerminal = ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected;
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal) terminal.Profile.Width = PipedWidth;
        return terminal;
    }

    /// <summary>Prints one JSON object.</summary>
    public void Json(Action<Utf8JsonWriter> properties)
    {
        using var stream = new MemoryStream();
        var readable = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, readable))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }
        Output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Prints a table. Cells that are too long lose their middle.</summary>
    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (int i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(new Text(columns[i])) { NoWrap = true };
            table.AddColumn(column);
        }
        foreach (string[] row in rows) table.AddRow(row.Select(cell => new Text(Fit(cell))));
        Terminal().Write(table);
    }

    /// <summary>Names of converted models can be hundreds of characters long, and differ at the end.</summary>
    private static string Fit(string cell) => cell.Length <= CellWidthMax ? cell
        : $"{cell[..(CellWidthMax / 2)]}...{cell[^((CellWidthMax / 2) - 3)..]}";
}
