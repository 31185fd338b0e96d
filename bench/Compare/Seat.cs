using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.Bench.Compare;

/// <summary>
/// Graft's seat at the side-by-side benchmark: a process with the runtime's usual settings that answers the requests of litert_driver.py, a
/// JSON object a line.
/// </summary>
internal static class Seat
{
    public const string Verb = "seat";

    private const int BlocksMin = 3;

    public static int Serve(TextReader requests, TextWriter answers)
    {
        Model? model = null;
        Interpreter? interpreter = null;
        while (requests.ReadLine() is { } line)
        {
            using var request = JsonDocument.Parse(line);
            var root = request.RootElement;
            JsonObject answer;
            if (root.TryGetProperty("load", out var path)) (model, interpreter, answer) = Load(path.GetString()!, root.GetProperty("threads").GetInt32());
            else if (root.TryGetProperty("turn", out var seconds)) answer = Turn(interpreter!, seconds.GetDouble(), root.GetProperty("block").GetInt32());
            else answer = new() { ["rss_kb"] = Environment.WorkingSet / 1024 };
            answers.WriteLine(answer.ToJsonString());
            answers.Flush();
        }
        interpreter?.Dispose();
        model?.Dispose();
        return 0;
    }

    private static (Model, Interpreter, JsonObject) Load(string path, int threads)
    {
        long before = Environment.WorkingSet / 1024, start = Stopwatch.GetTimestamp();
        var model = Model.Load(path);
        var interpreter = new Interpreter(model, new() { Threads = threads });
        interpreter.AllocateTensors();
        double loaded = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        foreach (var input in interpreter.Inputs) MakeUp(input);
        long filled = Stopwatch.GetTimestamp();
        interpreter.Invoke();
        double first = Stopwatch.GetElapsedTime(filled).TotalMilliseconds;
        return (model, interpreter, new() { ["load_ms"] = loaded, ["first_ms"] = first, ["rss_kb"] = before });
    }

    private static JsonObject Turn(Interpreter interpreter, double seconds, int block)
    {
        var blocks = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (blocks.Count < BlocksMin || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < block; i++) interpreter.Invoke();
            blocks.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds / block);
        }
        blocks.Sort();
        return new() { ["median_us"] = blocks[blocks.Count / 2], ["quickest_us"] = blocks[0] };
    }

    /// <summary>The numbers that the driver makes up for the other side.</summary>
    private static void MakeUp(Tensor tensor)
    {
        if (tensor.Type.Bits() == 8 && tensor.Type != DType.Bool)
        {
            var bytes = tensor.Bytes;
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)Hash(i);
            return;
        }
        if (tensor.Type == DType.Bool)
        {
            var bytes = tensor.Bytes;
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(Hash(i) & 1);
            return;
        }
        var action = new Fill(tensor);
        NumberTypes.Dispatch<Fill, bool>(tensor.Type, ref action);
    }

    private static uint Hash(int i) => unchecked((uint)i * 2654435761u) >> 8;

    private readonly struct Fill(Tensor tensor) : INumberAction<bool>
    {
        public bool Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var values = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
            bool isFloat = tensor.Type.IsFloat();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = isFloat ? T.CreateTruncating((Hash(i) & 0xFFFF) / 32768.0 - 1) : T.CreateTruncating(Hash(i) & 1);
            }
            return true;
        }
    }
}
