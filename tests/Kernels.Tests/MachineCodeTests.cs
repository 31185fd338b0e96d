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
        { "mov rcx, [rsp]", "48 8B 0C 24" },
        { "add r11, 128", "49 81 C3 80 00 00 00" },
        { "add rcx, -1", "48 83 C1 FF" },
        { "add rcx, [rax+112]", "48 03 48 70" },
        { "add qword [r13+64], -1", "49 83 45 40 FF" },
        { "add [rdi+88], rcx", "48 01 4F 58" },
        { "movsxd rdx, dword [rsi]", "48 63 16" },
        { "cmp rdx, rcx", "48 39 CA" },
        { "cmp qword [rdi+136], 0", "48 83 BF 88 00 00 00 00" },
        { "vmovdqu32 zmm17, [rcx+64]", "62 E1 7E 48 6F 49 01" },
        { "vmovdqu32 zmm8, [rdx+16384]", "62 71 7E 48 6F 82 00 40 00 00" },
        { "vmovdqu32 [rcx], zmm31", "62 61 7E 48 7F 39" },
        { "vpbroadcastd zmm3, [r15+rdx]", "62 D2 7D 48 58 1C 17" },
        { "vpbroadcastd zmm0, [rdi+168]", "62 F2 7D 48 58 47 2A" },
        { "vpdpbusd zmm16, zmm2, zmm1", "62 E2 6D 48 50 C1" },
        { "vpdpbusd zmm23, zmm2, [r10+64]", "62 C2 6D 48 50 7A 01" },
        { "vfmadd231ps zmm31, zmm7, zmm1", "62 62 45 48 B8 F9" },
        { "vaddps zmm8, zmm8, [rdx+64]", "62 71 3C 48 58 42 01" },
        { "vmaxps zmm30, zmm0, zmm30", "62 01 7C 48 5F F6" },
        { "vminps zmm9, zmm1, zmm9", "62 51 74 48 5D C9" },
        { "vmulps zmm3, zmm2, zmm1", "62 F1 6C 48 59 D9" },
        { "vpxord zmm17, zmm17, zmm17", "62 A1 75 40 EF C9" },
        { "vfmadd231ps ymm15, ymm3, ymm1", "C4 62 65 B8 F9" },
        { "vmovdqu ymm4, [r13+32]", "C4 C1 7E 6F 65 20" },
        { "vmovdqu [rdx], ymm12", "C5 7E 7F 22" },
        { "vpbroadcastd ymm2, [r8+rdx]", "C4 C2 7D 58 14 10" },
        { "vaddps ymm8, ymm8, [rdx+32]", "C5 3C 58 42 20" },
        { "vpxor ymm9, ymm9, ymm9", "C4 41 35 EF C9" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void InstructionsAreEncodedAsTheManualSays(string instruction, string bytes)
    {
        var code = new X64Writer(instruction.Contains("ymm", StringComparison.Ordinal) ? 256 : 512);
        switch (instruction)
        {
            case "push r12": code.Push(Gpr.R12); break;
            case "pop rbx": code.Pop(Gpr.Rbx); break;
            case "mov rax, rdi": code.Move(Gpr.Rax, Gpr.Rdi); break;
            case "mov rcx, [rsp]": code.Load(Gpr.Rcx, new(Gpr.Rsp)); break;
            case "add r11, 128": code.Add(Gpr.R11, 128); break;
            case "add rcx, -1": code.Add(Gpr.Rcx, -1); break;
            case "add rcx, [rax+112]": code.Add(Gpr.Rcx, new At(Gpr.Rax, 112)); break;
            case "add qword [r13+64], -1": code.Add(new At(Gpr.R13, 64), -1); break;
            case "add [rdi+88], rcx": code.Add(new At(Gpr.Rdi, 88), Gpr.Rcx); break;
            case "movsxd rdx, dword [rsi]": code.LoadInt(Gpr.Rdx, new(Gpr.Rsi)); break;
            case "cmp rdx, rcx": code.Compare(Gpr.Rdx, Gpr.Rcx); break;
            case "cmp qword [rdi+136], 0": code.CompareToZero(new(Gpr.Rdi, 136)); break;
            case "vmovdqu32 zmm17, [rcx+64]": code.LoadVector(17, new(Gpr.Rcx, 64)); break;
            case "vmovdqu32 zmm8, [rdx+16384]": code.LoadVector(8, new(Gpr.Rdx, 16384)); break;
            case "vmovdqu32 [rcx], zmm31": code.StoreVector(31, new(Gpr.Rcx)); break;
            case "vpbroadcastd zmm3, [r15+rdx]": code.Broadcast(3, new(Gpr.R15, 0, Gpr.Rdx)); break;
            case "vpbroadcastd zmm0, [rdi+168]": code.Broadcast(0, new(Gpr.Rdi, 168)); break;
            case "vpdpbusd zmm16, zmm2, zmm1": code.DotBytes(16, 2, 1); break;
            case "vpdpbusd zmm23, zmm2, [r10+64]": code.DotBytes(23, 2, new At(Gpr.R10, 64)); break;
            case "vfmadd231ps zmm31, zmm7, zmm1": code.MultiplyAdd(31, 7, 1); break;
            case "vaddps zmm8, zmm8, [rdx+64]": code.AddFloats(8, 8, new At(Gpr.Rdx, 64)); break;
            case "vmaxps zmm30, zmm0, zmm30": code.Max(30, 0, 30); break;
            case "vminps zmm9, zmm1, zmm9": code.Min(9, 1, 9); break;
            case "vmulps zmm3, zmm2, zmm1": code.Multiply(3, 2, 1); break;
            case "vpxord zmm17, zmm17, zmm17": code.Clear(17); break;
            case "vfmadd231ps ymm15, ymm3, ymm1": code.MultiplyAdd(15, 3, 1); break;
            case "vmovdqu ymm4, [r13+32]": code.LoadVector(4, new(Gpr.R13, 32)); break;
            case "vmovdqu [rdx], ymm12": code.StoreVector(12, new(Gpr.Rdx)); break;
            case "vpbroadcastd ymm2, [r8+rdx]": code.Broadcast(2, new(Gpr.R8, 0, Gpr.Rdx)); break;
            case "vaddps ymm8, ymm8, [rdx+32]": code.AddFloats(8, 8, new At(Gpr.Rdx, 32)); break;
            default: code.Clear(9); break;
        }
        Assert.Equal(bytes, Convert.ToHexString(code.Code).Chunk(2).Select(c => new string(c)).Aggregate((a, b) => $"{a} {b}"));
    }

    [Fact]
    public void JumpsGoBackToTheirLabelOrAheadToWhereTheyLand()
    {
        var code = new X64Writer();
        int label = code.Position;
        code.Add(Gpr.Rcx, -1);
        code.JumpIfNotZero(label);
        code.JumpIfLess(label);
        int ahead = code.JumpAheadIfZero();
        code.Align(16);
        code.Land(ahead);
        code.JumpTo(label);
        Assert.Equal("4883C1FF0F85F6FFFFFF0F8CF0FFFFFF0F840A000000" + string.Concat(Enumerable.Repeat("90", 10)) + "E9DBFFFFFF", Convert.ToHexString(code.Code));
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
