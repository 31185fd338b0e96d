using Graft.Adapters.Form;
using Graft.Adapters.Peft;
using Graft.Safetensors;

namespace Graft.Adapters.Binding;

/// <summary>
/// Rows of position tables for sequences that begin later. Converters keep the rows from 0 on only, so that the others come from the
/// base's weights.
/// </summary>
internal sealed class PositionRows(string? baseWeights)
{
    private readonly Lazy<SafetensorsFile?> _file = new(() => baseWeights is null ? null : SafetensorsFile.Open(baseWeights));

    /// <summary>Whether a look-up has the same indices in every run.</summary>
    public static bool IsFixed(NodeSite site) => site.Node.Inputs.Where((_, i) => i != site.Operand).Any(t => t >= 0 && site.Subgraph.Tensors[t].Constant.IsPresent
        && site.Subgraph.Tensors[t].Shape.ElementCount > 1);

    /// <summary>The table moved by so many rows, (dim, rows), as far as the model reads it.</summary>
    /// <exception cref="AdapterException">The base's weights were not given, lack the table, or it is too short.</exception>
    public Matrix After(string module, NodeSite site, Placement placement, int moved)
    {
        var (first, total) = placement.TableRows;
        var shape = site.Subgraph.Tensors[site.WeightTensor].Shape;
        int count = (int)Math.Min(shape.ElementCount / site.Outputs, total - first);
        if (shape.Rank >= 2) count = Math.Min(count, shape[^2]);
        if (first + count + moved > total)
            throw new AdapterException($"module \"{module}\": a prefix of {moved} tokens needs {first + count + moved} positions, but the base has {total}");
        var table = Read(module, site, first + count - 1, moved);
        if (table.Rows != total || table.Columns != site.Outputs)
            throw new AdapterException($"{baseWeights}: the table of module \"{module}\" is {table.Rows} x {table.Columns}, the model's {total} x {site.Outputs}");
        var after = new Matrix(total, site.Outputs);
        for (int r = 0; r + moved < total; r++) table.Row(r + moved).CopyTo(after.Row(r));
        return after.Transposed();
    }

    private Matrix Read(string module, NodeSite site, int last, int moved)
    {
        try
        {
            string key = module + ".weight";
            if (_file.Value is { } file)
                return file.TryGet(key, out _) ? new AdapterTensors(baseWeights!, file, "").TakeKey(key, 2).AsMatrix() : throw new AdapterException($"{baseWeights}: tensor \"{key}\" is missing");
        }
        catch (SafetensorsException e)
        {
            throw new AdapterException(e.Message, e);
        }
        throw new AdapterException($"module \"{module}\": {site} holds rows up to {last} of a position table; a prefix of {moved} tokens needs {moved} rows more: give the base's weights (BaseWeights) as well");
    }
}
