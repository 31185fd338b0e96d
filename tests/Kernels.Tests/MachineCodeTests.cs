using System.Runtime.InteropServices;
using Graft.Kernels.MachineCode;

namespace Graft.Kernels.Tests;

/// <summary>Machine code: encodings as a disassembler reads them, and memory that runs it.</summary>
public sealed class MachineCodeTests
{
    public static TheoryData<string, string> Encodings => new()
    {
        { "push r12", "41 54" },
        { "pop rbx", "40 5B" },
        { "mov rax, rdi", "48 89 F8" },
        { "add r11, 128", "49 81 C3 80 00 00 00" },
        { "add rcx, [rax+112]", "48 03 8C 20 70 00 00 00" },
        { "add qword [r13+64], -1", "49 81 84 25 40 00 00 00 FF FF FF FF" },
        { "movsxd rdx, dword [rsi]", "48 63 94 26 00 00 00 00" },
        { "cmp rdx, rcx", "48 39 CA" },
        { "vmovdqu32 zmm17, [rcx+64]", "62 E1 7E 48 6F 8C 21 40 00 00 00" },
        { "vmovdqu32 [rcx], zmm31", "62 61 7E 48 7F BC 21 00 00 00 00" },
        { "vpbroadcastd zmm3, [r15+rdx]", "62 D2 7D 48 58 9C 17 00 00 00 00" },
        { "vpdpbusd zmm16, zmm2, zmm1", "62 E2 6D 48 50 C1" },
        { "vpdpbusd zmm23, zmm2, [r10+64]", "62 C2 6D 48 50 BC 22 40 00 00 00" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void InstructionsAreEncodedAsTheManualSays(string instruction, string bytes)
    {
        var code = new X64Writer();
        switch (instruction)
        {
            case "push r12": code.Push(Gpr.R12); break;
            case "pop rbx": code.Pop(Gpr.Rbx); break;
            case "mov rax, rdi": code.Move(Gpr.Rax, Gpr.Rdi); break;
            case "add r11, 128": code.Add(Gpr.R11, 128); break;
            case "add rcx, [rax+112]": code.Add(Gpr.Rcx, new At(Gpr.Rax, 112)); break;
            case "add qword [r13+64], -1": code.Add(new At(Gpr.R13, 64), -1); break;
            case "movsxd rdx, dword [rsi]": code.LoadInt(Gpr.Rdx, new(Gpr.Rsi)); break;
            case "cmp rdx, rcx": code.Compare(Gpr.Rdx, Gpr.Rcx); break;
            case "vmovdqu32 zmm17, [rcx+64]": code.LoadVector(17, new(Gpr.Rcx, 64)); break;
            case "vmovdqu32 [rcx], zmm31": code.StoreVector(31, new(Gpr.Rcx)); break;
            case "vpbroadcastd zmm3, [r15+rdx]": code.Broadcast(3, new(Gpr.R15, 0, Gpr.Rdx)); break;
            case "vpdpbusd zmm16, zmm2, zmm1": code.DotBytes(16, 2, 1); break;
            default: code.DotBytes(23, 2, new At(Gpr.R10, 64)); break;
        }
        Assert.Equal(bytes, Convert.ToHexString(code.Code).Chunk(2).Select(c => new string(c)).Aggregate((a, b) => $"{a} {b}"));
    }

    [Fact]
    public void JumpsGoBackToTheirLabel()
    {
        var code = new X64Writer();
        int label = code.Position;
        code.Add(Gpr.Rcx, -1);
        code.JumpIfNotZero(label);
        code.JumpIfLess(label);
        Assert.Equal("4881C1FFFFFFFF0F85F3FFFFFF0F8CEDFFFFFF", Convert.ToHexString(code.Code));
    }

    [Fact]
    public unsafe void PlacedCodeRuns()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        // In bounds: mov eax, 42; ret touches no memory.
        nint code = CodeMemory.Place([0xB8, 42, 0, 0, 0, 0xC3]);
        if (code != 0) Assert.Equal(42, ((delegate* unmanaged<int>)code)());
    }

    [Fact]
    public void AHostCanForbidMachineCode()
    {
        AppContext.SetSwitch(CodeMemory.Switch, false);
        try
        {
            Assert.Equal(0, CodeMemory.Place([0xC3]));
        }
        finally
        {
            AppContext.SetSwitch(CodeMemory.Switch, true);
        }
    }
}
