using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Graft.House;

/// <summary>
/// A fenced block of C# in a document, which compiles and runs as the program of a new console project would.
/// </summary>
internal sealed partial record Snippet(string Place, string Code)
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private const string RuntimeConfiguration =
        """{"runtimeOptions":{"tfm":"net10.0","framework":{"name":"Microsoft.NETCore.App","version":"10.0.0"}}}""";

    private static readonly string s_frameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    private static readonly string[] s_product = ["Graft.dll", "Graft.Schema.dll", "Graft.Kernels.dll",
        "Google.FlatBuffers.dll"];

    /// <summary>The assemblies of .NET.</summary>
    public static IReadOnlyList<MetadataReference> Framework { get; } =
        [.. Directory.GetFiles(s_frameworkFolder, "System*.dll")
            .Append(Path.Combine(s_frameworkFolder, "netstandard.dll"))
            .Where(f => !f.EndsWith(".Native.dll", StringComparison.Ordinal))
                .Select(f => MetadataReference.CreateFromFile(f))];

    /// <summary>The assemblies that hold public types.</summary>
    public static IReadOnlyList<MetadataReference> Product { get; } =
        [Reference("Graft.dll"), Reference("Graft.Schema.dll")];

    /// <summary>The blocks marked <c>csharp</c> of a document.</summary>
    public static IEnumerable<Snippet> In(SourceFile document) =>
        Fence().Matches(document.Text).Select(m =>
            new Snippet($"{document.Path}:{document.LineOf(m.Index)}", m.Groups[1].Value));

    /// <summary>
    /// Compiles the block and runs it at the root of the repository. Returns what it printed, or what went wrong.
    /// </summary>
    public (bool IsSuccess, string Output) Run(TimeSpan patience)
    {
        string folder = Directory.CreateTempSubdirectory("graft-snippet").FullName;
        try
        {
            string program = Path.Combine(folder, "snippet.dll");
            CSharpParseOptions language = new(LanguageVersion.Latest);
            var emitted = CSharpCompilation.Create("snippet",
                [CSharpSyntaxTree.ParseText(Code, language), CSharpSyntaxTree.ParseText(ImplicitUsings, language)],
                [.. Framework, .. Product],
                new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable))
                    .Emit(program);
            if (!emitted.Success)
                return (false, string.Join('\n', 
                    emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
            foreach (string name in s_product)
                File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(folder, name));
            File.WriteAllText(Path.ChangeExtension(program, ".runtimeconfig.json"), RuntimeConfiguration);
            return Start(program, patience);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (bool IsSuccess, string Output) Start(string program, TimeSpan patience)
    {
        string host = Path.GetFullPath("../../../dotnet", s_frameworkFolder)
            + (OperatingSystem.IsWindows() ? ".exe" : "");
        var start = new ProcessStartInfo(host, ["exec", program])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill();
            return (false, $"still running after {patience}");
        }
        return (process.ExitCode == 0, output.Result + errors.Result);
    }

    private static MetadataReference Reference(string name) =>
        MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, name));

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
