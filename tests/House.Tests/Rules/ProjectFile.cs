using System.Xml.Linq;

namespace Graft.House.Rules;

/// <summary>What a project file references.</summary>
internal static class ProjectFile
{
    /// <summary>Paths of the referenced projects, relative to the root.</summary>
    public static IEnumerable<string> Projects(SourceFile file) =>
        Included(file, "ProjectReference").Select(p =>
            Resolve(Path.GetDirectoryName(file.Path)!, p.Replace('\\', '/')));

    public static IEnumerable<string> Packages(SourceFile file) => Included(file, "PackageReference");

    private static IEnumerable<string> Included(SourceFile file, string element) =>
        XDocument.Parse(file.Text).Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>();

    private static string Resolve(string folder, string path) =>
        Path.GetRelativePath("/", Path.GetFullPath(path, "/" + folder.Replace('\\', '/'))).Replace('\\', '/');
}
