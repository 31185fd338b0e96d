using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Graft.Kernels.Gemm;
using Graft.Kernels.Simd;

namespace Graft.Cli.Commands;

/// <summary>
/// <c>graft info</c>: what is in a model, whether it runs here, and which instructions this CPU offers.
/// </summary>
internal static class InfoCommand
{
    private static readonly Argument<string?> s_model = 
        new("MODEL") { Description = "A .tflite file.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> s_cpu = new("--cpu") { Description = "Tell which instructions are in use." };

    public static Command Create()
    {
        var command = Verb.Create("info", "Tells what is in a model: inputs, outputs, signatures, operators, sizes.",
            [s_model, s_cpu], Run);
        command.Validators.Add(result =>
        {
            if (result.GetValue(s_model) is null && !result.GetValue(s_cpu))
                result.AddError("info needs a MODEL or --cpu");
        });
        return command;
    }

    private static int Run(Invocation invocation)
    {
        bool tellsCpu = invocation.Get(s_cpu);
        var summary = invocation.Parsed.GetValue(s_model) is { } path ? ModelSummary.Read(path) : null;
        var problems = summary is null ? [] : Problems(invocation.Parsed.GetValue(s_model)!);
        if (invocation.IsJson)
        {
            invocation.Json(json =>
            {
                if (tellsCpu) WriteCpu(json);
                if (summary is not null) WriteModel(json, summary, problems);
            });
            return ExitCode.Success;
        }
        if (tellsCpu)
        {
            invocation.Output.WriteLine($"instructions  {Isa.Name}");
            invocation.Output.WriteLine(
                $"vectors       {(int)Isa.Current} bits, fused multiply-add: {(Isa.HasFma ? "yes" : "no")}");
            invocation.Output.WriteLine($"products      {GemmFloat.Name}, {GemmInt.Select(false, false).Name}");
            invocation.Output.WriteLine($"processors    {Environment.ProcessorCount}");
            invocation.Output.WriteLine(
                $"runtime       {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        }
        if (summary is not null) PrintModel(invocation, summary, problems);
        return ExitCode.Success;
    }

    /// <summary>What keeps the model from running here.</summary>
    private static IReadOnlyList<string> Problems(string path)
    {
        try
        {
            using var model = Model.Load(path);
            return [];
        }
        catch (UnsupportedModelException e)
        {
            return e.Problems;
        }
    }

    private static void PrintModel(Invocation invocation, ModelSummary model, IReadOnlyList<string> problems)
    {
        var output = invocation.Output;
        if (model.Description.Length > 0) output.WriteLine(model.Description);
        output.WriteLine($"{model.ByteCount:N0} bytes, {model.ConstantBytes:N0} of them constants; " +
            string.Join(", ", model.Subgraphs.Select(s =>
                $"subgraph{(s.Name.Length > 0 ? $" \"{s.Name}\"" : "")} of {s.Nodes} nodes and {s.Tensors} tensors")));
        PrintTensors(invocation, "input", model.Inputs);
        PrintTensors(invocation, "output", model.Outputs);
        foreach (var signature in model.Signatures)
        {
            string inputs = string.Join(", ", signature.Inputs), outputs = string.Join(", ", signature.Outputs);
            output.WriteLine($"signature \"{signature.Key}\": {inputs} -> {outputs}");
        }
        invocation.Table(["operator", "version", "count"], model.Operators.Select(o =>
            new[] { o.Name, $"{o.Version}", $"{o.Count}" }));
        foreach (var (name, byteCount) in model.Metadata)
            output.WriteLine($"metadata \"{name}\": {byteCount:N0} bytes");
        output.WriteLine(problems.Count == 0 ? "Graft runs this model." : "Graft cannot run this model:");
        foreach (string problem in problems) output.WriteLine($"  {problem}");
    }

    private static void PrintTensors(Invocation invocation, string kind, TensorSummary[] tensors) =>
        invocation.Table([kind, "name", "type", "shape", "quantisation"],
        tensors.Select((t, i) => new[] { $"{i}", t.Name, t.Type, Dimensions(t), t.Quantization }));

    private static string Dimensions(TensorSummary tensor)
    {
        var shape = tensor.ShapeSignature.Length == tensor.Shape.Length ? tensor.ShapeSignature : tensor.Shape;
        return $"[{string.Join(",", shape.Select(d => d == -1 ? "?" : $"{d}"))}]";
    }

    private static void WriteCpu(Utf8JsonWriter json)
    {
        json.WriteStartObject("cpu");
        json.WriteString("instructions", Isa.Name);
        json.WriteNumber("vector_bits", (int)Isa.Current);
        json.WriteBoolean("fused_multiply_add", Isa.HasFma);
        json.WriteString("float_products", GemmFloat.Name);
        json.WriteString("integer_products", GemmInt.Select(false, false).Name);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, ModelSummary model, IReadOnlyList<string> problems)
    {
        json.WriteString("description", model.Description);
        json.WriteNumber("bytes", model.ByteCount);
        json.WriteNumber("constant_bytes", model.ConstantBytes);
        json.Array("inputs", model.Inputs, WriteTensor);
        json.Array("outputs", model.Outputs, WriteTensor);
        json.WriteStartObject("signatures");
        foreach (var signature in model.Signatures)
        {
            json.WriteStartObject(signature.Key);
            json.Array("inputs", signature.Inputs, (j, name) => j.WriteStringValue(name));
            json.Array("outputs", signature.Outputs, (j, name) => j.WriteStringValue(name));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("ops");
        foreach (var group in model.Operators.GroupBy(o => o.Name))
            json.WriteNumber(group.Key, group.Sum(o => o.Count));
        json.WriteEndObject();
        json.Array("operators", model.Operators, (j, op) =>
        {
            j.WriteStartObject();
            j.WriteString("name", op.Name);
            j.WriteNumber("version", op.Version);
            j.WriteNumber("count", op.Count);
            j.WriteEndObject();
        });
        json.WriteStartObject("metadata");
        foreach (var (name, byteCount) in model.Metadata) json.WriteNumber(name, byteCount);
        json.WriteEndObject();
        json.Array("problems", problems, (j, problem) => j.WriteStringValue(problem));
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorSummary tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteNumber("index", tensor.Index);
        json.WriteString("dtype", tensor.Type);
        json.Array("shape", tensor.Shape, (j, d) => j.WriteNumberValue(d));
        json.Array("shape_signature", tensor.ShapeSignature, (j, d) => j.WriteNumberValue(d));
        json.Array("scales", tensor.Scales, (j, s) => j.WriteNumberValue(s));
        json.Array("zero_points", tensor.ZeroPoints, (j, z) => j.WriteNumberValue(z));
        json.WriteNumber("axis", tensor.Axis);
        json.WriteEndObject();
    }
}
