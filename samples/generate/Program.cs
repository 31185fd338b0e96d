using System.Text;
using Graft;
using Graft.Cli.Generation;

if (args is not [var modelPath, var mapPath, var adapterFolder, var prompt])
{
    Console.Error.WriteLine("usage: generate MODEL MAP ADAPTER PROMPT");
    return 2;
}
using var model = Model.Load(modelPath);
using var style = model.LoadAdapter(adapterFolder, new() { BindingMap = mapPath });

// The model once, and a generator for each style: the caches of one are never seen by the other.
using var plain = new ByteGenerator(model);
using var styled = new ByteGenerator(model, style);
foreach (var (name, generator) in new[] { ("base", plain), (style.Name, styled) })
{
    Console.WriteLine($"== {name}");
    var text = new Utf8Stream(Console.Out);
    foreach (byte next in generator.Generate(Encoding.UTF8.GetBytes(prompt), 120, new ByteSampler(temperature: 0.6, topK: 40, seed: 4))) text.Write(next);
    text.End();
    Console.WriteLine();
}
return 0;
