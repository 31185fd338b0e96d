using Graft.Conformance.Cases;
using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Conformance.Running;

/// <summary>
/// Runs a model of which nothing is expected but a clear error or a valid run: with the inputs beside it where there
/// are some, otherwise with zeros.
/// </summary>
internal static class ErrorRun
{
    /// <returns>Null for a valid run, otherwise the clear error.</returns>
    /// <exception cref="Exception">Anything that is not a clear error: a fault.</exception>
    public static string? Run(CaseFile file, Func<string, KernelSet, IModelRunner> open, KernelSet kernels,
        CancellationToken cancellation)
    {
        try
        {
            using var model = open(file.Path, kernels);
            if (File.Exists(file.GoldenPath))
                RunSteps(GoldenReader.Read(SafetensorsFile.Open(file.GoldenPath)), model, cancellation);
            else RunZeros(model.Select(null), cancellation);
            return null;
        }
        catch (Exception e) when (ClearError.Is(e) || e is GoldenException)
        {
            return ClearError.Describe(e);
        }
    }

    private static void RunSteps(Golden golden, IModelRunner model, CancellationToken cancellation)
    {
        foreach (var step in golden.Steps)
        {
            var entry = model.Select(step.Signature);
            GoldenRun.Invoke(step, model, entry, cancellation);
            Read(entry);
        }
    }

    private static void RunZeros(IEntryPoint entry, CancellationToken cancellation)
    {
        for (int i = 0; i < entry.InputCount; i++) entry.ClearInput(i);
        entry.Invoke(cancellation);
        Read(entry);
    }

    private static void Read(IEntryPoint entry)
    {
        for (int i = 0; i < entry.OutputCount; i++) _ = entry.Output(i).Bytes.Length;
    }
}
