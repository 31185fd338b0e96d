using Graft.Adapters.Form;
using Graft.Adapters.Hub;
using Graft.Adapters.Peft;

namespace Graft.Adapters;

/// <summary>A folder with an adapter: its files tell which library wrote it.</summary>
internal static class AdapterFolder
{
    /// <exception cref="AdapterException">The folder is no adapter, or holds those of two libraries.</exception>
    public static ImportedAdapter Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new AdapterException($"'{folder}' is no folder; an adapter is a folder with {PeftFolder.ConfigName} and {PeftFolder.WeightsName}, or {HubFolder.WeightsName} from AdapterHub");
        bool isHub = File.Exists(Path.Combine(folder, HubFolder.WeightsName)), isPeft = File.Exists(Path.Combine(folder, PeftFolder.WeightsName));
        if (isHub && isPeft) throw new AdapterException($"{folder}: it has both {PeftFolder.WeightsName} and {HubFolder.WeightsName}; an adapter has one of them");
        return isHub ? HubFolder.Read(folder) : PeftFolder.Read(folder);
    }
}
