using System.Collections.Immutable;
using System.Globalization;

namespace Graft.Cli.Explaining;

/// <summary>A report as one page that needs nothing else: pictures and a table.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body { font: 14px sans-serif; margin: 2em; color: #222 } h2 { margin-top: 1.6em }
        svg text { font: 11px sans-serif; pointer-events: none } table { border-collapse: collapse }
        td, th { padding: 2px 10px; border-bottom: 1px solid #ddd; text-align: right } td.l, th.l { text-align: left }
        """;

    /// <param name="title">The model and how it ran.</param>
    /// <param name="facts">Lines about the machine.</param>
    /// <param name="nodes">The nodes in order.</param>
    /// <param name="limits">What the machine can do.</param>
    public static string Make(string title, IEnumerable<string> facts, ImmutableArray<NodeFacts> nodes, MachineLimits limits)
    {
        double total = nodes.Sum(n => n.Seconds);
        var rows = nodes.OrderByDescending(n => n.Seconds).Select(n => string.Create(CultureInfo.InvariantCulture,
            $"<tr><td>{n.Node}</td><td class='l' title='{Svg.Text(n.Name)}'>{Svg.Text(n.Operators)}</td><td class='l'>{Svg.Text(n.Kernel)}</td><td>{n.Threads}</td><td>{1e6 * n.Seconds:F2}</td><td>{100 * n.Seconds / total:F1}</td>")
            + string.Create(CultureInfo.InvariantCulture,
            $"<td>{(n.Products > 0 ? n.GigaFlops.ToString("F1", CultureInfo.InvariantCulture) : "")}</td><td>{n.GigaBytes:F2}</td><td>{100 * n.Share:F0}</td><td class='l'>{(n.IsBoundByMemory ? "memory" : "products")}</td></tr>"));
        return $"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{Svg.Text(title)}</title><style>{Style}</style></head><body>
            <h1>{Svg.Text(title)}</h1>
            <p>{string.Join("<br>", facts.Select(Svg.Text))}</p>
            <h2>Where the time goes</h2>
            {Pictures.Flame(nodes)}
            <h2>How near the limits</h2>
            <p>Each dot is a node that multiplies, its size the share of the time; blue are floats and their limit, orange integers and theirs.</p>
            {Pictures.Roofline(nodes, limits)}
            <h2>Nodes by time</h2>
            <table><tr><th>node</th><th class="l">operator</th><th class="l">kernel</th><th>threads</th><th>µs</th><th>%</th><th>GFLOP/s</th><th>GB/s</th><th>% of limit</th><th class="l">limited by</th></tr>
            {string.Join('\n', rows)}
            </table>
            <h2>Graph</h2>
            {Pictures.Graph(nodes)}
            </body></html>
            """;
    }
}
