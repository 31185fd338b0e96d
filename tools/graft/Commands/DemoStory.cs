using System.Globalization;

namespace Graft.Cli.Commands;

/// <summary>What the demo finds out about adapters, and how it tells it.</summary>
internal sealed record DemoStory(DemoAdaptation[] Float, DemoAdaptation[] Integer, DemoMixture[] Mixed, DemoMerge[] Merged)
{
    public static DemoStory Find(string folder, string floatName, string integerName, DemoImages images, CancellationToken cancellation)
    {
        using var integerModel = Model.Load(Path.Combine(folder, integerName));
        using DemoAdapters onFloat = new(folder, floatName), onInteger = new(folder, integerName);
        return new(onFloat.Single(images, new(integerModel), cancellation), onInteger.Single(images, null, cancellation),
            [.. onFloat.Mixed(images, cancellation), .. onInteger.Mixed(images, cancellation)], [onFloat.Merged(images, cancellation), onInteger.Merged(images, cancellation)]);
    }

    public void Print(Invocation invocation)
    {
        var output = invocation.Output;
        output.WriteLine("\nThe same models behind a sensor that was turned, inverted, mirrored or damaged, without and with an adapter that was trained on the float model:");
        invocation.Table(["sensor", "adapter", "bytes", "float without", "with", "integer without", "with", "switch", "clipped"], Float.Zip(Integer, (f, i) => new[]
        {
            f.Sensor, f.Adapter, f.ByteCount.ToString("N0", CultureInfo.InvariantCulture), Percent(f.Before), Percent(f.After), Percent(i.Before), Percent(i.After),
            string.Create(CultureInfo.InvariantCulture, $"{Math.Max(f.SwitchNanoseconds, i.SwitchNanoseconds):F0} ns"), Percent(f.Clipped ?? 0),
        }));
        output.WriteLine("Clipped: so much of what a convolution yields with the adapter (the float model's, the worst of them) is above the integer model's ranges, which were measured without");
        output.WriteLine("adapters. The adapters that clip most, IA3, which multiplies what layers yield, bring back least on the integer model; LoRA on it, or IA3 on the float model, does better.");
        output.WriteLine("\nOne batch with images of three sensors, each row with an adapter of its own:");
        invocation.Table(["model", "sensor", "adapter of its rows", "accuracy"], Mixed.Select(m => new[] { m.Model, m.Sensor, m.Adapter, Percent(m.Accuracy) }));
        output.WriteLine("Merged into the weights of a model of its own:");
        invocation.Table(["model", "adapter", "accuracy", "merging", "an image: base", "with adapter", "merged"], Merged.Select(m => new[]
        {
            m.Model, m.Adapter, Percent(m.Accuracy), string.Create(CultureInfo.InvariantCulture, $"{m.MergeMilliseconds:F1} ms"), Micro(m.BaseMicroseconds), Micro(m.AdaptedMicroseconds),
            Micro(m.MergedMicroseconds),
        }));
    }

    public void Write(System.Text.Json.Utf8JsonWriter json)
    {
        json.Array("adapters", Float.Concat(Integer), (j, a) =>
        {
            j.WriteStartObject();
            j.WriteString("model", a.Model);
            j.WriteString("sensor", a.Sensor);
            j.WriteString("adapter", a.Adapter);
            j.WriteNumber("bytes", a.ByteCount);
            j.WriteNumber("accuracy_without", a.Before);
            j.WriteNumber("accuracy_with", a.After);
            j.WriteNumber("switch_us", a.SwitchNanoseconds / 1000);
            if (a.Clipped is { } clipped) j.WriteNumber("clipped_by_integer", clipped);
            j.WriteEndObject();
        });
        json.Array("mixed_batch", Mixed, (j, m) =>
        {
            j.WriteStartObject();
            j.WriteString("model", m.Model);
            j.WriteString("sensor", m.Sensor);
            j.WriteString("adapter", m.Adapter);
            j.WriteNumber("accuracy", m.Accuracy);
            j.WriteEndObject();
        });
        json.Array("merged", Merged, (j, m) =>
        {
            j.WriteStartObject();
            j.WriteString("model", m.Model);
            j.WriteString("adapter", m.Adapter);
            j.WriteNumber("accuracy", m.Accuracy);
            j.WriteNumber("merge_ms", m.MergeMilliseconds);
            j.WriteNumber("base_us", m.BaseMicroseconds);
            j.WriteNumber("adapted_us", m.AdaptedMicroseconds);
            j.WriteNumber("merged_us", m.MergedMicroseconds);
            j.WriteEndObject();
        });
    }

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Micro(double microseconds) => string.Create(CultureInfo.InvariantCulture, $"{microseconds:F1} µs");
}
