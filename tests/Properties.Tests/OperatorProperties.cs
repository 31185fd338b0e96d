using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Graft.Properties;

/// <summary>
/// Random models of one operator give the same outputs with fast kernels, naive kernels and, where it is present, the reference runtime.
/// GRAFT_PROPERTIES is the number of cases for each operator, GRAFT_PROPERTIES_SEED the seed of another sequence than the usual one.
/// </summary>
public abstract class OperatorProperties(LiveReference live, ITestOutputHelper output) : IClassFixture<LiveReference>
{
    private const int CasesByDefault = 40, ChoicesMax = 160, ShrinksMax = 500;
    private const ulong UsualSeed = 20_240_229;
    private const string CasesVariable = "GRAFT_PROPERTIES", SeedVariable = "GRAFT_PROPERTIES_SEED";

    private static int Cases => Number(CasesVariable) is { } count ? (int)count : CasesByDefault;

    private protected void Check(OpRow row)
    {
        var tally = new Tally();
        var trial = new Trial(row, LiveReference.IsPresent ? live : null, tally);
        int shrinks = 0;
        var numbers = Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1), ChoicesMax);
        var property = Prop.ForAll(Arb.From(numbers, choices => Simpler(choices).TakeWhile(_ => shrinks++ < ShrinksMax)), choices => trial.Holds(choices));
        ulong seed = Number(SeedVariable) ?? UsualSeed;
        try
        {
            FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true)
                .WithReplay(Microsoft.FSharp.Core.FSharpOption<Replay>.Some(new Replay(new Rnd(seed, 1), Microsoft.FSharp.Core.FSharpOption<int>.None))), property);
        }
        catch (Exception) when (trial.Failure is { } failure)
        {
            string path = Evidence.Save(failure.Case, failure.Reference, failure.Story);
            Assert.Fail($"""
                {row.Name}, seed {seed}, {Cases} cases: {failure.Story}
                {CaseText.Of(failure.Case)}saved as {path}
                again: {CasesVariable}={Cases} {SeedVariable}={seed} dotnet test -c Release tests/Properties.Tests --filter DisplayName~{row.Name}
                """);
        }
        finally
        {
            Report(row, tally);
        }
        Assert.True(tally.Compared * 3 >= Cases, $"{row.Name}: only {tally.Compared} of {Cases} cases ran; {string.Join("; ", tally.Reasons.Select(r => $"{r.Value} x {r.Key}"))}");
    }

    private void Report(OpRow row, Tally tally)
    {
        if (!LiveReference.IsPresent) output.WriteLine("the reference runtime is not on this machine: only Graft's own kernels were compared");
        string line = string.Join('\t', row.Name, tally.Compared, tally.ComparedLive, tally.OnlyGraft, tally.RefusedByAll, tally.RefusedByGraft, tally.Discarded);
        output.WriteLine($"ran, compared live, only Graft, refused by all, only Graft refuses, discarded: {line}");
        foreach (var (reason, count) in tally.Reasons.OrderByDescending(r => r.Value)) output.WriteLine($"{count} x {reason}");
        if (Environment.GetEnvironmentVariable("GRAFT_PROPERTIES_LOG") is not { } log) return;
        lock (typeof(OperatorProperties))
        {
            File.AppendAllLines(log, [line, .. tally.Reasons.OrderByDescending(r => r.Value).Select(r => $"\t{r.Value} x {r.Key.ReplaceLineEndings(" ")}")]);
        }
    }

    /// <summary>Numbers that decide something simpler: fewer of them, then zeros, then smaller ones.</summary>
    private static IEnumerable<int[]> Simpler(int[] choices)
    {
        int used = choices.Length;
        while (used > 0 && choices[used - 1] == 0) used--;
        for (int block = used; block > 0; block /= 2)
        {
            for (int start = 0; start < used; start += block)
            {
                int end = Math.Min(start + block, used);
                if (choices.AsSpan(start..end).IndexOfAnyExcept(0) < 0) continue;
                yield return [.. choices[..start], .. new int[end - start], .. choices[end..]];
            }
        }
        for (int i = 0; i < used; i++)
        {
            foreach (int smaller in (int[])[1, 2, 3, choices[i] % 64, choices[i] % 4096])
            {
                if (smaller < choices[i]) yield return [.. choices[..i], smaller, .. choices[(i + 1)..]];
            }
        }
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}

public sealed class PointwiseProperties(LiveReference live, ITestOutputHelper output) : OperatorProperties(live, output)
{
    public static TheoryData<string> Names => new(OpRows.Pointwise.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void AllKernelsAgree(string name) => Check(OpRows.Pointwise.Single(row => row.Name == name));
}

public sealed class ReducingProperties(LiveReference live, ITestOutputHelper output) : OperatorProperties(live, output)
{
    public static TheoryData<string> Names => new(OpRows.Reducing.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void AllKernelsAgree(string name) => Check(OpRows.Reducing.Single(row => row.Name == name));
}

public sealed class MatrixProperties(LiveReference live, ITestOutputHelper output) : OperatorProperties(live, output)
{
    public static TheoryData<string> Names => new(OpRows.Matrices.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void AllKernelsAgree(string name) => Check(OpRows.Matrices.Single(row => row.Name == name));
}

public sealed class MovingProperties(LiveReference live, ITestOutputHelper output) : OperatorProperties(live, output)
{
    public static TheoryData<string> Names => new(OpRows.Moving.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void AllKernelsAgree(string name) => Check(OpRows.Moving.Single(row => row.Name == name));
}
