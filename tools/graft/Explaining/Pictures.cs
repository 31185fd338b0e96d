using System.Collections.Immutable;
using System.Globalization;

namespace Graft.Cli.Explaining;

/// <summary>The pictures of a report: where the time goes, how near the machine's limits that is, and how the nodes hang together.</summary>
internal static class Pictures
{
    private const double Width = 1100;

    /// <summary>The run, kinds of operators by their time, and their nodes: widths are times.</summary>
    public static string Flame(ImmutableArray<NodeFacts> nodes)
    {
        const double height = 26;
        var picture = new Svg(Width, 3 * height);
        double total = nodes.Sum(n => n.Seconds), x = 0;
        picture.Box(0, 0, Width, height, "#ddd", $"run {Micros(total)}", $"{nodes.Length} nodes, {Micros(total)}");
        foreach (var kind in nodes.GroupBy(n => n.Operators).OrderByDescending(g => g.Sum(n => n.Seconds)))
        {
            double seconds = kind.Sum(n => n.Seconds), at = x;
            string colour = Colour(kind.Key);
            picture.Box(x, height, Width * seconds / total, height, colour, kind.Key, $"{kind.Key}: {kind.Count()} nodes, {Micros(seconds)}, {seconds / total:P1}");
            foreach (var node in kind.OrderByDescending(n => n.Seconds))
            {
                picture.Box(at, 2 * height, Width * node.Seconds / total, height, colour, $"{node.Node}", Tip(node));
                at += Width * node.Seconds / total;
            }
            x += Width * seconds / total;
        }
        return picture.ToString();
    }

    /// <summary>Nodes that multiply, by operations for each byte and operations a second, below the machine's limits; both scales are logarithmic.</summary>
    public static string Roofline(ImmutableArray<NodeFacts> nodes, MachineLimits limits)
    {
        const double height = 420, left = 60, bottom = 40;
        const double lowX = -2, highX = 4;
        double top = Math.Log10(2e-9 * Math.Max(limits.FloatProducts, limits.IntegerProducts)) + 0.3, low = top - 5;
        double X(double intensity) => left + (Width - left - 20) * (Math.Clamp(Math.Log10(intensity), lowX, highX) - lowX) / (highX - lowX);
        double Y(double giga) => height - bottom - (height - bottom - 10) * (Math.Clamp(Math.Log10(giga), low, top) - low) / (top - low);
        var picture = new Svg(Width, height);
        for (int power = (int)lowX; power <= highX; power++)
        {
            picture.Line(X(Math.Pow(10, power)), 10, X(Math.Pow(10, power)), height - bottom, "#eee");
            picture.Words(X(Math.Pow(10, power)), height - bottom + 16, Math.Pow(10, power).ToString("G3", CultureInfo.InvariantCulture), "middle");
        }
        for (int power = (int)Math.Ceiling(low); power <= top; power++)
        {
            picture.Line(left, Y(Math.Pow(10, power)), Width - 20, Y(Math.Pow(10, power)), "#eee");
            picture.Words(left - 6, Y(Math.Pow(10, power)) + 4, Math.Pow(10, power).ToString("G3", CultureInfo.InvariantCulture), "end");
        }
        picture.Words(Width - 20, height - 8, "operations for each byte", "end");
        picture.Words(left + 4, 22, "GFLOP/s, GOP/s");
        foreach (var (rate, colour) in new[] { (limits.FloatProducts, "#06c"), (limits.IntegerProducts, "#c60") })
        {
            double giga = 2e-9 * rate, ridge = giga / (1e-9 * limits.Copies[^1].Rate);
            picture.Line(X(Math.Pow(10, lowX)), Y(1e-9 * limits.Copies[^1].Rate * Math.Pow(10, lowX)), X(ridge), Y(giga), "#999");
            picture.Line(X(ridge), Y(giga), Width - 20, Y(giga), colour);
        }
        double most = nodes.Max(n => n.Seconds);
        foreach (var node in nodes.Where(n => n.Products > 0 && n.Bytes > 0))
            picture.Dot(X(2.0 * node.Products / node.Bytes), Y(node.GigaFlops), 3 + 9 * Math.Sqrt(node.Seconds / most), node.IsFloat ? "#06c" : "#c60", Tip(node));
        return picture.ToString();
    }

    /// <summary>The nodes in the order in which they run, and who reads what of whom.</summary>
    public static string Graph(ImmutableArray<NodeFacts> nodes)
    {
        const double line = 20, left = 260;
        var picture = new Svg(Width, nodes.Length * line + 10);
        double most = nodes.Max(n => n.Seconds);
        for (int i = 0; i < nodes.Length; i++)
        {
            var node = nodes[i];
            double y = 5 + i * line;
            foreach (int input in node.Inputs) picture.Arc(left, 5 + input * line + line / 2, y + line / 2, Math.Min(left - 10, 12 + 6 * (i - input)));
            picture.Box(left, y + 1, 300, line - 2, Colour(node.Operators), $"{node.Node} {node.Operators}", Tip(node));
            picture.Box(left + 310, y + 4, 400 * node.Seconds / most, line - 8, "#bbb", "", Tip(node));
            picture.Words(left + 316 + 400 * node.Seconds / most, y + 14, Micros(node.Seconds));
        }
        return picture.ToString();
    }

    public static string Micros(double seconds) => (1e6 * seconds).ToString("F2", CultureInfo.InvariantCulture) + " µs";

    /// <summary>One colour for each operator, whatever the model.</summary>
    private static string Colour(string operators)
    {
        uint hash = 2166136261;
        foreach (char c in operators) hash = (hash ^ c) * 16777619;
        return $"hsl({hash % 360},55%,{70 + hash / 360 % 12}%)";
    }

    private static string Tip(NodeFacts node) => string.Create(CultureInfo.InvariantCulture,
        $"node {node.Node} {node.Operators}\n{node.Name}\n{node.Kernel}, {node.Threads} thread(s)\n{Micros(node.Seconds)}, {node.GigaFlops:F1} GFLOP/s, {node.GigaBytes:F1} GB/s, {node.Share:P0} of the limit");
}
