using System.Text.RegularExpressions;
using Graft.Schema;

namespace Graft.House;

/// <summary>The operators that something in this repository tries: models with goldens, and tests that name one.</summary>
internal static partial class OpCases
{
    public static IEnumerable<BuiltinOperator> Tried() => Repository.Below("conformance/goldens", ".tflite").Where(HasGolden)
        .Select(File.ReadAllBytes).SelectMany(InModel)
        .Concat(Repository.Files.Where(f => f.IsCSharp && f.Path.StartsWith("tests/Engine.Tests/", StringComparison.Ordinal)).SelectMany(f => InSource(f.Text)));

    public static BuiltinOperator[] InModel(byte[] bytes)
    {
        ReadOnlySpan<byte> file = bytes;
        Verifier.Verify(file);
        var codes = ModelView.Root(file).OperatorCodes;
        var found = new BuiltinOperator[codes.Count];
        for (int i = 0; i < found.Length; i++) found[i] = codes[i].Code;
        return found;
    }

    public static IEnumerable<BuiltinOperator> InSource(string text) => Name().Matches(text).Select(m => Enum.Parse<BuiltinOperator>(m.Groups[1].Value));

    // Folders that begin with _ hold broken files.
    private static bool HasGolden(string model) =>
        File.Exists(Path.ChangeExtension(model, ".safetensors")) && !model.Replace('\\', '/').Contains("/_", StringComparison.Ordinal);

    [GeneratedRegex(@"\bBuiltinOperator\.(\w+)")]
    private static partial Regex Name();
}
