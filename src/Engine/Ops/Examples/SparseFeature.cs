using Graft.Runtime;

namespace Graft.Ops.Examples;

/// <summary>A feature with any number of values in each example: (example, place) indices, values, and the shape of the dense equivalent.</summary>
internal sealed class SparseFeature(FeatureKey key, Operand indices, Operand values, Operand shape)
{
    public void Run(in RunContext c, in StringBuffer examples)
    {
        long total = 0, characters = 0;
        int most = 0;
        for (int i = 0; i < examples.Count; i++)
        {
            var feature = key.Find(c, examples, i);
            most = Math.Max(most, feature.Count);
            total += feature.Count;
            characters += feature.CharacterCount;
        }
        if (total > StringBuffer.CountMax || characters > int.MaxValue / 2) StepFault.Raise($"feature \"{key.Name(c)}\" has {total:N0} values of {characters:N0} characters, too many");
        var bounds = c.Write<long>(shape);
        (bounds[0], bounds[1]) = (examples.Count, most);
        c.Resize(indices, new Shape((int)total, 2));
        if (key.Type == DType.String) c.Resize(values, new Shape((int)total), StringBuffer.ByteCount((int)total, characters));
        else c.Resize(values, new Shape((int)total));
        WriteIndices(c, examples);
        var writer = new FeatureWriter(c, values, key.Type, (int)total);
        for (int i = 0; i < examples.Count; i++) writer.Add(key.Find(c, examples, i));
    }

    private void WriteIndices(in RunContext c, in StringBuffer examples)
    {
        var to = c.Write<long>(indices);
        for (int i = 0, at = 0; i < examples.Count; i++)
        {
            int count = key.Find(c, examples, i).Count;
            for (int k = 0; k < count; k++, at += 2) (to[at], to[at + 1]) = (i, k);
        }
    }
}
