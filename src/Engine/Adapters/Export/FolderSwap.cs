namespace Graft.Adapters.Export;

/// <summary>Makes a folder with its files at once: they are written beside it, and the folder takes its name when all are complete.</summary>
internal static class FolderSwap
{
    /// <param name="folder">The folder.</param>
    /// <param name="overwrite">Whether a folder that is there is replaced; it must hold nothing but such files.</param>
    /// <param name="files">What the folder will hold.</param>
    /// <param name="write">Writes the files into a folder.</param>
    /// <exception cref="IOException">The folder exists, or cannot be written; what was there is as before.</exception>
    public static void Write(string folder, bool overwrite, string[] files, Action<string> write)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        CheckFree(folder, overwrite, files);
        string beside = $"{folder}.{Guid.NewGuid():N}", temporary = beside + ".tmp", old = beside + ".old";
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            Exchange(folder, temporary, old);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }

    private static void CheckFree(string folder, bool overwrite, string[] files)
    {
        if (File.Exists(folder)) throw new IOException($"'{folder}' is a file");
        if (!Directory.Exists(folder)) return;
        if (!overwrite) throw new IOException($"'{folder}' exists already; it is replaced only when overwriting is asked for");
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            string name = Path.GetFileName(entry);
            if (!files.Contains(name)) throw new IOException($"'{folder}' holds '{name}', which would be lost; only a folder with nothing but {string.Join(" and ", files)} is replaced");
        }
    }

    private static void Exchange(string folder, string temporary, string old)
    {
        if (Directory.Exists(folder)) Directory.Move(folder, old);
        try
        {
            Directory.Move(temporary, folder);
        }
        catch when (Directory.Exists(old) && !Directory.Exists(folder))
        {
            Directory.Move(old, folder);
            throw;
        }
    }
}
