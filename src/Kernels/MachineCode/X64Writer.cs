namespace Graft.Kernels.MachineCode;

/// <summary>General registers, by their number in encodings.</summary>
internal enum Gpr : byte
{
    Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15,
}

/// <summary>Memory at base + index + offset; no index where it is <see cref="Gpr.Rsp"/>, which cannot be one.</summary>
internal readonly record struct At(Gpr Base, int Offset = 0, Gpr Index = Gpr.Rsp);

/// <summary>
/// Writes the few x64 instructions that register tiles consist of. Vectors are named by their number; those of 512 bits are 32, those of 256 are 16.
/// Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
/// </summary>
internal sealed class X64Writer(int vectorBits = 512)
{
    private const int OpcodeMap0F = 1, OpcodeMap0F38 = 2, Prefix66 = 1, PrefixF3 = 2;

    private readonly List<byte> _code = [];
    private readonly bool _isWide = vectorBits == 512;

    /// <summary>Where the next instruction begins, which is also what jumps take as a label.</summary>
    public int Position => _code.Count;

    public ReadOnlySpan<byte> Code => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_code);

    public void Push(Gpr register) => Emit(0x40 | High(register), 0x50 | Low(register));

    public void Pop(Gpr register) => Emit(0x40 | High(register), 0x58 | Low(register));

    public void Return() => Emit(0xC3);

    /// <summary>Clears the upper halves of the vectors, without which code of 128 bits that follows may be slow.</summary>
    public void ZeroUpper() => Emit(0xC5, 0xF8, 0x77);

    public void Move(Gpr to, Gpr from) => Registers(0x89, to, from);

    public void Add(Gpr to, Gpr addend) => Registers(0x01, to, addend);

    public void Compare(Gpr left, Gpr right) => Registers(0x39, left, right);

    public void Add(Gpr to, int addend)
    {
        bool isShort = (sbyte)addend == addend;
        Emit(0x48 | High(to), isShort ? 0x83 : 0x81, 0xC0 | Low(to));
        Immediate(addend, isShort);
    }

    /// <summary>64 bits.</summary>
    public void Load(Gpr to, At from) => Memory(0x8B, to, from);

    /// <summary>64 bits.</summary>
    public void Store(Gpr from, At to) => Memory(0x89, from, to);

    /// <summary>Adds to 64 bits in memory.</summary>
    public void Add(At to, int addend)
    {
        bool isShort = (sbyte)addend == addend;
        Memory((byte)(isShort ? 0x83 : 0x81), 0, to);
        Immediate(addend, isShort);
    }

    /// <summary>Adds to 64 bits in memory.</summary>
    public void Add(At to, Gpr addend) => Memory(0x01, addend, to);

    /// <summary>64 bits are added.</summary>
    public void Add(Gpr to, At from) => Memory(0x03, to, from);

    /// <summary>A signed number of 32 bits.</summary>
    public void LoadInt(Gpr to, At from) => Memory(0x63, to, from);

    /// <summary>Compares 64 bits in memory with zero.</summary>
    public void CompareToZero(At left)
    {
        Memory(0x83, (Gpr)7, left);
        Emit(0);
    }

    /// <summary>A jump to what is written later; <see cref="Land"/> completes it.</summary>
    public int JumpAheadIfZero()
    {
        Jump(0x84, 0);
        return Position;
    }

    /// <summary>The next instruction is where a jump ahead goes.</summary>
    public void Land(int jump)
    {
        int distance = Position - jump;
        for (int b = 0; b < sizeof(int); b++) _code[jump - sizeof(int) + b] = (byte)(distance >> (8 * b));
    }

    /// <summary>Nothing, until the next instruction begins at a multiple of so many bytes.</summary>
    public void Align(int bytes)
    {
        while (Position % bytes != 0) Emit(0x90);
    }

    public void JumpTo(int label)
    {
        Emit(0xE9);
        Emit32(label - (Position + sizeof(int)));
    }

    public void JumpIfLess(int label) => Jump(0x8C, label);

    public void JumpIfNotZero(int label) => Jump(0x85, label);

    public void LoadVector(int to, At from) => Vector(OpcodeMap0F, PrefixF3, 0x6F, to, 0, from);

    public void StoreVector(int from, At to) => Vector(OpcodeMap0F, PrefixF3, 0x7F, from, 0, to);

    /// <summary>32 bits in all lanes.</summary>
    public void Broadcast(int to, At from) => Vector(OpcodeMap0F38, Prefix66, 0x58, to, 0, from, sizeof(int));

    /// <summary>VFMADD231PS: sum += a * b, with one rounding.</summary>
    public void MultiplyAdd(int sum, int a, int b) => Vector(OpcodeMap0F38, Prefix66, 0xB8, sum, a, b);

    /// <summary>MULPS.</summary>
    public void Multiply(int to, int a, int b) => Vector(OpcodeMap0F, 0, 0x59, to, a, b);

    /// <summary>ADDPS.</summary>
    public void AddFloats(int to, int a, int b) => Vector(OpcodeMap0F, 0, 0x58, to, a, b);

    /// <summary>ADDPS with what is in memory.</summary>
    public void AddFloats(int to, int a, At b) => Vector(OpcodeMap0F, 0, 0x58, to, a, b);

    /// <summary>MAXPS: b where one of them is NaN.</summary>
    public void Max(int to, int a, int b) => Vector(OpcodeMap0F, 0, 0x5F, to, a, b);

    /// <summary>MINPS: b where one of them is NaN.</summary>
    public void Min(int to, int a, int b) => Vector(OpcodeMap0F, 0, 0x5D, to, a, b);

    /// <summary>Zeros.</summary>
    public void Clear(int register) => Vector(OpcodeMap0F, Prefix66, 0xEF, register, register, register);

    /// <summary>VPDPBUSD: to each lane of <paramref name="sum"/>, the products of its four unsigned and four signed bytes are added.</summary>
    public void DotBytes(int sum, int unsigned, int signed) => Vector(OpcodeMap0F38, Prefix66, 0x50, sum, unsigned, signed);

    /// <summary>The same with signed bytes from memory.</summary>
    public void DotBytes(int sum, int unsigned, At signed) => Vector(OpcodeMap0F38, Prefix66, 0x50, sum, unsigned, signed);

    private void Registers(byte opcode, Gpr to, Gpr from) => Emit(0x48 | High(from) << 2 | High(to), opcode, 0xC0 | Low(from) << 3 | Low(to));

    private void Memory(byte opcode, Gpr register, At at)
    {
        Emit(0x48 | High(register) << 2 | High(at.Index) << 1 | High(at.Base), opcode);
        Operand((int)register, at);
    }

    /// <param name="unit">What the offset of a 512-bit instruction in its short form counts.</param>
    private void Vector(int map, int prefix, byte opcode, int register, int second, At at, int unit = 64)
    {
        Prefix(map, prefix, register, second, High(at.Index), High(at.Base));
        Emit(opcode);
        Operand(register, at, _isWide ? unit : 1);
    }

    private void Vector(int map, int prefix, byte opcode, int register, int second, int third)
    {
        Prefix(map, prefix, register, second, third >> 4, third >> 3);
        Emit(opcode, 0xC0 | (register & 7) << 3 | (third & 7));
    }

    private void Prefix(int map, int prefix, int register, int second, int indexBit, int baseBit)
    {
        if (_isWide) Evex(map, prefix, register, second, indexBit, baseBit);
        else Vex(map, prefix, register, second, indexBit, baseBit);
    }

    /// <summary>The prefix of 256-bit instructions, in its form of two bytes where that will do.</summary>
    private void Vex(int map, int prefix, int register, int second, int indexBit, int baseBit)
    {
        int last = (~second & 15) << 3 | 1 << 2 | prefix;
        if (map == OpcodeMap0F && ((indexBit | baseBit) & 1) == 0) Emit(0xC5, Inverted(register >> 3) << 7 | last);
        else Emit(0xC4, Inverted(register >> 3) << 7 | Inverted(indexBit) << 6 | Inverted(baseBit) << 5 | map, last);
    }

    /// <summary>The prefix of 512-bit instructions without a mask; bits of registers are stored inverted.</summary>
    private void Evex(int map, int prefix, int register, int second, int indexBit, int baseBit) => Emit(
        0x62,
        Inverted(register >> 3) << 7 | Inverted(indexBit) << 6 | Inverted(baseBit) << 5 | Inverted(register >> 4) << 4 | map,
        (~second & 15) << 3 | 1 << 2 | prefix,
        2 << 5 | Inverted(second >> 4) << 3);

    /// <summary>A register and memory, in the shortest form: no offset, one of 8 bits that counts units, or one of 32 bits.</summary>
    private void Operand(int register, At at, int unit = 1)
    {
        bool isNear = at.Offset % unit == 0 && (sbyte)(at.Offset / unit) == at.Offset / unit, hasIndex = at.Index != Gpr.Rsp || Low(at.Base) == 4;
        int form = at.Offset == 0 && Low(at.Base) != 5 ? 0 : isNear ? 1 : 2;
        Emit(form << 6 | (register & 7) << 3 | (hasIndex ? 4 : Low(at.Base)));
        if (hasIndex) Emit(Low(at.Index) << 3 | Low(at.Base));
        if (form == 1) Emit(at.Offset / unit & 255);
        if (form == 2) Emit32(at.Offset);
    }

    private void Jump(byte condition, int label)
    {
        Emit(0x0F, condition);
        Emit32(label - (Position + sizeof(int)));
    }

    private static int Low(Gpr register) => (int)register & 7;

    private static int High(Gpr register) => (int)register >> 3;

    private static int Inverted(int bit) => ~bit & 1;

    private void Immediate(int value, bool isShort)
    {
        if (isShort) Emit(value & 255);
        else Emit32(value);
    }

    private void Emit32(int value) => Emit(value & 255, value >> 8 & 255, value >> 16 & 255, value >> 24 & 255);

    private void Emit(params ReadOnlySpan<int> bytes)
    {
        foreach (int b in bytes) _code.Add((byte)b);
    }
}
