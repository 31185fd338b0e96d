using Graft.Conformance.Rules;
using Graft.Conformance.Running;

namespace Graft.Conformance.Tests;

/// <summary>What a whole check finds, counts and reports.</summary>
public sealed class Checking : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-check").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Adds a model; its one output is expected to be 1.</summary>
    private void AddGolden(string name)
    {
        Touch(name + ".tflite");
        new GoldenBuilder().Floats("out/0", 1).Save(Path.Combine(_folder, name + ".safetensors"));
    }

    private void Touch(string name, string text = "")
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private CheckReport Run(CheckOptions options) => ConformanceCheck.Run(options, Open, null, default);

    private CheckReport Run(params string[] paths) =>
        Run(new CheckOptions { Paths = [.. paths.Select(p => Path.Combine(_folder, p))] });

    /// <summary>Files named wrong give another output; those named throw throw.</summary>
    private static FakeModel Open(string path, KernelSet kernels)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        bool isWrong = name.StartsWith("wrong", System.StringComparison.Ordinal) || name == $"half-{kernels}";
        return new FakeModel(FakeModel.One(OperatorClass.Elementwise),
            FakeTensor.Of(DType.Float32, [isWrong ? 2f : 1f]))
        {
            OnInvoke = token =>
            {
                if (name == "clear") throw new ArgumentException("a clear error");
                if (name == "fault") throw new IndexOutOfRangeException("a fault");
                if (name == "derived") throw new ArgumentOutOfRangeException("x", "a fault of a library");
                if (name == "slow") token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
            },
        };
    }

    [Fact]
    public void Counts_add_up_and_the_closing_line_says_them()
    {
        AddGolden("ADD/000");
        AddGolden("ADD/wrong");
        AddGolden("ADD/fault");
        AddGolden("MUL/000");
        Touch("MUL/clear.tflite");
        Touch("MUL/clear.error.txt");
        Touch("MUL/fault.tflite");
        Touch("MUL/fault.error.txt");
        Touch("MUL/orphan.tflite");
        Touch("lora/adapter_config.json");
        Touch("_malformed/broken.tflite");
        Touch("_invalid/broken.tflite");
        var report = Run("");
        Assert.Equal("3 passed, 4 failed, 3 skipped", report.Summary);
        Assert.Equal(1, report.ExitCode);
        var text = new StringWriter();
        report.WriteText(text);
        Assert.EndsWith("3 passed, 4 failed, 3 skipped" + Environment.NewLine, text.ToString(),
            System.StringComparison.Ordinal);
        Assert.Contains("FAILED ADD/wrong", text.ToString(), System.StringComparison.Ordinal);
        using var json = new MemoryStream();
        report.WriteJson(json);
        using var parsed = System.Text.Json.JsonDocument.Parse(json.ToArray());
        Assert.Equal(4, parsed.RootElement.GetProperty("failed").GetInt32());
        Assert.Equal(10, parsed.RootElement.GetProperty("cases").GetArrayLength());
    }

    [Fact]
    public void Both_kernel_sets_must_pass()
    {
        AddGolden("half-Reference");
        var options = new CheckOptions { Paths = [_folder] };
        Assert.Equal(1, Run(options).Failed);
        Assert.Equal(1, Run(options with { Kernels = [KernelSet.Fast] }).Passed);
        string detail = Assert.Single(Run(options with { Kernels = [KernelSet.Reference] }).Cases).Details[0];
        Assert.StartsWith("Reference: out/0: [0]: 2, expected 1 (out)", detail, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_run_is_a_failure()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Assert.Equal("0 passed, 1 failed, 0 skipped", Run("empty").Summary);
        Assert.Throws<ArgumentException>(() => Run("absent"));
        Touch("text.txt");
        Assert.Throws<ArgumentException>(() => Run("text.txt"));
        Assert.Throws<ArgumentException>(() => Run(new CheckOptions { Paths = [] }));
        Assert.Throws<ArgumentException>(() => Run(new CheckOptions { Paths = [_folder], Kernels = [] }));
    }

    [Fact]
    public void Overlapping_paths_run_a_case_once()
    {
        AddGolden("a/000");
        Assert.Equal("1 passed, 0 failed, 0 skipped", Run("", "a", "a/000.tflite").Summary);
    }

    [Fact]
    public void Known_differences_are_counted_and_must_differ()
    {
        AddGolden("a/wrong");
        AddGolden("b/wrong");
        AddGolden("b/000");
        Touch("known.txt", "# comment\n\na/wrong  the reference reads uninitialised memory\n");
        var options = new CheckOptions { Paths = [_folder], AllowFile = Path.Combine(_folder, "known.txt") };
        Assert.Equal("1 passed, 1 failed, 0 skipped, 1 known", Run(options).Summary);
        Touch("known.txt", "a/wrong.tflite\treason\nb/wrong\treason\n");
        Assert.Equal("1 passed, 0 failed, 0 skipped, 2 known", Run(options).Summary);
        Touch("known.txt", "b/000\treason");
        Assert.Equal("0 passed, 3 failed, 0 skipped", Run(options).Summary);
        Touch("known.txt", "b/000");
        Assert.Throws<ArgumentException>(() => Run(options));
        Touch("known.txt", "b/000 x\nb/000 y");
        Assert.Throws<ArgumentException>(() => Run(options));
        const string table = "# Known\n\nProse, and:\n\n| Cases | Reason |\n|---|---|\n";
        Touch("known.txt", table + "| `a/wrong`, `b/wrong` | one cause |\n");
        Assert.Equal("1 passed, 0 failed, 0 skipped, 2 known", Run(options).Summary);
        Touch("known.txt", table + "| `b/000` | |\n");
        Assert.Throws<ArgumentException>(() => Run(options));
        Touch("known.txt", table + "| `a/wrong` | x |\n| `b/wrong`, `a/wrong` | y |\n");
        Assert.Throws<ArgumentException>(() => Run(options));
    }

    [Fact]
    public void Order_and_results_do_not_depend_on_the_number_of_jobs()
    {
        for (int i = 0; i < 40; i++) AddGolden($"g{i % 7}/{(i % 5 == 0 ? "wrong" : "c")}{i}");
        var one = Run(new CheckOptions { Paths = [_folder], Jobs = 1 });
        var four = Run(new CheckOptions { Paths = [_folder], Jobs = 4 });
        Assert.Equal(8, one.Failed);
        Assert.Equal(one.Cases.Select(c => (c.Name, c.Status, c.Where)),
            four.Cases.Select(c => (c.Name, c.Status, c.Where)));
    }

    [Fact]
    public void Progress_counts_every_case_and_cancellation_stops()
    {
        for (int i = 0; i < 5; i++) AddGolden($"c{i}");
        using var source = new CancellationTokenSource();
        var seen = new List<int>();
        var options = new CheckOptions { Paths = [_folder] };
        ConformanceCheck.Run(options, Open, p => seen.Add(p.Done), default);
        Assert.Equal([1, 2, 3, 4, 5], seen);
        void CancelAtTwo(CheckProgress p)
        {
            if (p.Done == 2) source.Cancel();
        }
        Assert.ThrowsAny<OperationCanceledException>(() => ConformanceCheck.Run(options, Open, CancelAtTwo,
            source.Token));
    }

    [Fact]
    public void A_case_that_does_not_end_fails()
    {
        AddGolden("slow");
        var report = Run(new CheckOptions { Paths = [_folder], TimeLimit = TimeSpan.FromMilliseconds(50) });
        Assert.Contains("not finished within", Assert.Single(report.Cases).Details[0], System.StringComparison.Ordinal);
        Assert.Equal(1, report.Failed);
    }

    [Fact]
    public void Malformed_models_end_in_a_clear_error_or_a_run_in_time()
    {
        foreach (string name in new[] { "000", "clear", "fault", "derived", "hang" }) Touch($"bad/{name}.tflite");
        using var never = new ManualResetEventSlim();
        IModelRunner Hanging(string path, KernelSet kernels)
        {
            if (Path.GetFileNameWithoutExtension(path) == "hang") never.Wait();
            return Open(path, kernels);
        }
        var runner = new MalformedRunner(Hanging, [KernelSet.Fast], TimeSpan.FromMilliseconds(500));
        var results = MalformedRunner.Find([_folder]).Select(f => runner.Run(f,
            default)).ToDictionary(r => Path.GetFileName(r.Name));
        never.Set();
        Assert.Equal("Fast: valid run", results["000"].Details[0]);
        Assert.Equal("Fast: ArgumentException: a clear error", results["clear"].Details[0]);
        Assert.Equal(["000", "clear"],
            results.Where(r => r.Value.Status == CaseStatus.Passed).Select(r => r.Key).Order());
        Assert.StartsWith("Fast: IndexOutOfRangeException", results["fault"].Details[0],
            System.StringComparison.Ordinal);
        Assert.StartsWith("Fast: ArgumentOutOfRangeException", results["derived"].Details[0],
            System.StringComparison.Ordinal);
        Assert.StartsWith("Fast: still running", results["hang"].Details[0], System.StringComparison.Ordinal);
    }
}
