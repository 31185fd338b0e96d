using Graft.OpsDoc;

switch (args)
{
    case []:
        File.WriteAllText(Path.Combine(OperatorsPage.FindRoot(), OperatorsPage.Path), OperatorsPage.Generate());
        return 0;
    case ["--import", var folder]:
        ReferenceImport.Run(folder);
        return 0;
    default:
        Console.Error.WriteLine("usage: opsdoc [--import FOLDER]");
        return 2;
}
