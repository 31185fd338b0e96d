using System.Globalization;
using System.Net;
using System.Text;

namespace Graft.Cli.Explaining;

/// <summary>A picture of boxes, lines and words in a page.</summary>
internal sealed class Svg(double width, double height)
{
    private readonly StringBuilder _content = new();

    public void Box(double x, double y, double w, double h, string colour, string label, string tip)
    {
        Add($"<g><title>{Text(tip)}</title><rect x='{x:F2}' y='{y:F2}' width='{Math.Max(w, 0.1):F2}' height='{h:F2}' fill='{colour}' stroke='#fff' stroke-width='0.5'/>");
        // A letter is about six units wide.
        int letters = (int)((w - 6) / 6);
        if (letters >= 3) Add($"<text x='{x + 3:F2}' y='{y + h / 2 + 4:F2}'>{Text(label.Length <= letters ? label : label[..(letters - 1)] + "…")}</text>");
        Add($"</g>");
    }

    public void Line(double x1, double y1, double x2, double y2, string colour) => Add($"<line x1='{x1:F2}' y1='{y1:F2}' x2='{x2:F2}' y2='{y2:F2}' stroke='{colour}'/>");

    /// <summary>From one place down to another, curved to the left.</summary>
    public void Arc(double x, double y1, double y2, double reach) => Add($"<path d='M{x:F1} {y1:F1} C{x - reach:F1} {y1:F1} {x - reach:F1} {y2:F1} {x:F1} {y2:F1}' fill='none' stroke='#88a'/>");

    public void Dot(double x, double y, double radius, string colour, string tip) =>
        Add($"<circle cx='{x:F2}' cy='{y:F2}' r='{radius:F2}' fill='{colour}' fill-opacity='0.7'><title>{Text(tip)}</title></circle>");

    public void Words(double x, double y, string text, string anchor = "start") => Add($"<text x='{x:F2}' y='{y:F2}' text-anchor='{anchor}'>{Text(text)}</text>");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<svg viewBox='0 0 {width:F0} {height:F0}' width='{width:F0}' height='{height:F0}'>{_content}</svg>");

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private void Add(FormattableString part) => _content.Append(part.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
