using Graft.Runtime;

namespace Graft.Ops.Examples;

/// <summary>A feature with <paramref name="count"/> values in each example, or the default ones where it is missing.</summary>
internal sealed class DenseFeature(FeatureKey key, Operand defaults, bool hasDefault, Operand output, Shape shape, int count)
{
    public void Run(in RunContext c, in StringBuffer examples)
    {
        bool isText = key.Type == DType.String;
        long characters = 0;
        for (int i = 0; i < examples.Count; i++)
        {
            var feature = key.Find(c, examples, i);
            if (!feature.IsPresent && !hasDefault) StepFault.Raise($"feature \"{key.Name(c)}\" of example {i} is missing and has no default");
            if (feature.IsPresent && feature.Count != count)
                StepFault.Raise($"feature \"{key.Name(c)}\" of example {i} has {feature.Count} values; {count} are expected");
            characters += feature.IsPresent ? feature.CharacterCount : DefaultCharacters(c);
        }
        int total = (int)shape.ElementCount;
        if (characters > int.MaxValue / 2) StepFault.Raise($"feature \"{key.Name(c)}\" has {characters:N0} characters, too many");
        if (isText) c.Resize(output, shape, StringBuffer.ByteCount(total, characters));
        var writer = new FeatureWriter(c, output, key.Type, total);
        for (int i = 0; i < examples.Count; i++)
        {
            var feature = key.Find(c, examples, i);
            if (feature.IsPresent) writer.Add(feature);
            else writer.AddTensor(c.Read<byte>(defaults), count);
        }
    }

    private long DefaultCharacters(in RunContext c)
    {
        if (key.Type != DType.String) return 0;
        var texts = new StringBuffer(c.Read<byte>(defaults));
        long characters = 0;
        for (int i = 0; i < texts.Count; i++) characters += texts[i].Length;
        return characters;
    }
}
