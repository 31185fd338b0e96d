using System.Runtime.CompilerServices;
using Graft.Graphs;
using Graft.Schema;

namespace Graft.Loading;

/// <summary>
/// The bytes of each buffer: inside the FlatBuffer, behind it at a long offset of the same file, or in a file beside it. Every window
/// is checked against the length of what it lies in.
/// </summary>
internal sealed unsafe class BufferWindows(ModelBytes bytes, string? folder, List<ModelBytes> externalFiles)
{
    private readonly Dictionary<string, ModelBytes> _external = [];
    private Dictionary<uint, int>? _externalBuffers;

    /// <summary>The data of buffer <paramref name="index"/>; absent when the buffer is empty.</summary>
    public ConstantData Buffer(ModelView model, uint index, string field)
    {
        if (index >= (uint)model.Buffers.Count) throw new ModelFormatException(field, 0, $"buffer {index} does not exist; the model has {model.Buffers.Count}");
        var buffer = model.Buffers[(int)index];
        if (buffer.Offset > 1) return Window(bytes, buffer.Offset, buffer.Size, $"buffers[{index}]");
        var data = buffer.Data;
        // In bounds: the view reads from the model's own memory, which never moves, and data is not empty.
        return data.IsEmpty ? default : new((nint)Unsafe.AsPointer(ref Unsafe.AsRef(in data[0])), data.Length);
    }

    /// <summary>Bytes of the model's file at a long offset.</summary>
    public ConstantData InFile(ulong offset, ulong size, string field) => Window(bytes, offset, size, field);

    /// <summary>The data of an external buffer, by its id.</summary>
    public ConstantData External(ModelView model, uint id, string field)
    {
        if (Indices(model).TryGetValue(id, out int index) && model.ExternalBuffers[index] is var buffer && buffer.Group < (uint)model.ExternalBufferGroups.Count)
        {
            string name = model.ExternalBufferGroups[(int)buffer.Group].Name;
            if (!buffer.PackingUtf8.IsEmpty && buffer.Packing != "unpacked")
            {
                throw new ModelFormatException(field, buffer.Table.Position, $"external buffer {id} is packed as '{buffer.Packing}', which is not supported");
            }
            return Window(Open(name, field), buffer.Offset, buffer.Length, field);
        }
        throw new ModelFormatException(field, 0, $"external buffer {id} does not exist or names no group");
    }

    /// <summary>Where each external buffer is; the first counts where an id is given twice.</summary>
    private Dictionary<uint, int> Indices(ModelView model)
    {
        if (_externalBuffers is not null) return _externalBuffers;
        _externalBuffers = [];
        for (int i = 0; i < model.ExternalBuffers.Count; i++) _externalBuffers.TryAdd(model.ExternalBuffers[i].Id, i);
        return _externalBuffers;
    }

    private static ConstantData Window(ModelBytes within, ulong offset, ulong size, string field)
    {
        ulong length = (ulong)within.Length;
        if (offset > length || size > length - offset)
        {
            throw new ModelFormatException(field, (long)Math.Min(offset, long.MaxValue), $"bytes [{offset}, {offset} + {size}) lie outside the file of {length:N0} bytes");
        }
        return size == 0 ? default : new(within.Address + (nint)offset, (long)size);
    }

    private ModelBytes Open(string name, string field)
    {
        if (_external.TryGetValue(name, out var known)) return known;
        if (folder is null)
        {
            throw new ModelFormatException(field, 0, $"the weights are in the file '{name}'; load the model from a path, so that it is found beside it");
        }
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
        {
            throw new ModelFormatException(field, 0, $"the external file name '{name}' leads outside the model's folder");
        }
        string path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw new ModelFormatException(field, 0, $"the weights file '{path}' does not exist");
        var opened = ModelBytes.Open(path, copy: false);
        externalFiles.Add(opened);
        return _external[name] = opened;
    }
}
