using System.Diagnostics;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

public sealed class IsaTests
{
    [Fact]
    public void NamesTheProcessorOfThisProcess()
    {
        Assert.StartsWith(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString(), Isa.Name,
            StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Isa.Current == VectorWidth.Scalar, Isa.Name.EndsWith("no hardware vectors",
            StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 1)]
    public void FollowsTheSwitchesOfTheRuntime(string variable, int bits)
    {
        var widest = (VectorWidth)bits;
        string[] plain = Child(null), reduced = Child(variable);
        string[] seen = plain[0].Split('|'), now = reduced[0].Split('|');
        // A processor without the feature sees no difference; one with it must lose exactly what was switched off.
        VectorWidth before = Enum.Parse<VectorWidth>(seen[0]), after = Enum.Parse<VectorWidth>(now[0]);
        Assert.Equal(before > widest ? widest : before, after);
        if (before > widest) Assert.NotEqual(seen[2], now[2]);
        Assert.Equal(MathCase.All.Length + 1, reduced.Length);
        bool sameRounding = seen[1] == now[1];
        for (int i = 1; i < reduced.Length; i++)
        {
            string[] expected = plain[i].Split('|'), actual = reduced[i].Split('|');
            Assert.Equal("ok", actual[1]);
            if (sameRounding) Assert.Equal(expected[2], actual[2]);
        }
    }

    private static string[] Child(string? disabled)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath
            is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path
            : "dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList = { "exec", typeof(Program).Assembly.Location },
        };
        if (disabled is not null) start.Environment[disabled] = "0";
        using Process child = Process.Start(start)!;
        string text = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.Equal(0, child.ExitCode);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
