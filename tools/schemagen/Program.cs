using Graft.SchemaGen;

bool check = args is ["--check"];
if (args.Length > 0 && !check)
{
    Console.Error.WriteLine("usage: schemagen [--check]");
    return 2;
}

string root = SourceTree.FindRoot();
List<string> stale = [];
foreach ((string path, string content) in SourceTree.Generate(root))
{
    string full = Path.Combine(root, path);
    if (File.Exists(full) && File.ReadAllText(full) == content)
        continue;
    stale.Add(path);
    if (check)
        continue;
    Directory.CreateDirectory(Path.GetDirectoryName(full)!);
    File.WriteAllText(full, content);
}

foreach (string path in stale)
    Console.WriteLine((check ? "stale: " : "written: ") + path);
return check && stale.Count > 0 ? 1 : 0;
