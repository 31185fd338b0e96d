using Graft.Graphs;

namespace Graft.Adapters.Binding;

/// <summary>
/// A module's path as litert-torch puts it into the names of tensors: segments <c>package.Class_attribute</c>, lists without a segment of their own:
/// <c>…BertEncoder_encoder/…BertLayer_0/…Linear_query</c> is <c>encoder.layer.0.query</c>. A name has several paths where nodes were joined.
/// </summary>
/// <param name="Attributes">The attributes, from the outermost module on.</param>
/// <param name="Class">The class of the innermost.</param>
internal sealed record TorchPath(string[] Attributes, string Class)
{
    /// <summary>The module that the path names, told apart from others by it alone.</summary>
    public string Key => string.Join('/', Attributes);

    /// <summary>The only number among the attributes, that of the layer; null when there is none, or more.</summary>
    public int? Layer => Attributes.Where(IsNumber).ToArray() is [var one] ? int.Parse(one, System.Globalization.CultureInfo.InvariantCulture) : null;

    /// <summary>The attributes behind the number.</summary>
    public string Place => string.Join('/', Attributes.Skip(Array.FindLastIndex(Attributes, IsNumber) + 1));

    /// <summary>All paths in a name.</summary>
    public static IEnumerable<TorchPath> Of(string name)
    {
        foreach (string part in name.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!part.Contains('/', StringComparison.Ordinal)) continue;
            (string Class, string Attribute)[] segments = [.. part.Split('/').Select(Segment)];
            yield return new([.. segments.Select(s => s.Attribute)], segments[^1].Class);
        }
    }

    /// <summary>All paths in the names of what a node writes, and of its constants.</summary>
    public static IEnumerable<TorchPath> Of(Subgraph subgraph, Node node) =>
        node.Outputs.Concat(node.Inputs.Where(t => t >= 0 && subgraph.Tensors[t].Constant.IsPresent)).SelectMany(t => Of(subgraph.Tensors[t].Name));

    /// <summary>Whether the path ends in a module's, of which only lists may be missing: names before a number.</summary>
    public bool Names(string module)
    {
        string[] wanted = module.Split('.');
        int at = Attributes.Length - 1;
        for (int i = wanted.Length - 1; i >= 0; i--)
        {
            if (at >= 0 && Attributes[at] == wanted[i]) at--;
            else if (i + 1 >= wanted.Length || !IsNumber(wanted[i + 1])) return false;
        }
        return true;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static (string Class, string Attribute) Segment(string segment)
    {
        string last = segment[(segment.LastIndexOf('.') + 1)..];
        int cut = last.IndexOf('_', StringComparison.Ordinal);
        return cut <= 0 || cut == last.Length - 1 ? (last, last) : (last[..cut], last[(cut + 1)..]);
    }
}
