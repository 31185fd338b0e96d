using System.Globalization;
using System.Text;

namespace Graft.Schema;

/// <summary>Where in the model a walk is; turned into text only for an error.</summary>
internal sealed class FieldPath
{
    private readonly List<(string Name, int Index)> _steps = [];

    /// <param name="name">The field.</param>
    /// <param name="index">The element of a vector, or -1.</param>
    public void Enter(string name, int index = -1) => _steps.Add((name, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>Such as <c>subgraphs[0].tensors[3].shape</c>; <c>root</c> for the model itself.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((string name, int index) in _steps)
        {
            text.Append(text.Length == 0 ? "" : ".").Append(name);
            if (index >= 0)
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
        }

        return text.Length == 0 ? "root" : text.ToString();
    }
}
