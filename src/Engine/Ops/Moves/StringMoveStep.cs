using System.Runtime.InteropServices;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>
/// Runs a mover on strings: it moves their numbers, counted through all sources, and the characters follow.
/// </summary>
internal sealed class StringMoveStep(IMover mover, MoveOperands operands) : IStep
{
    public void Run(in RunContext c)
    {
        int next = 0;
        for (int i = 0; i < operands.Sources.Length; i++)
        {
            int count = new StringBuffer(c.Read<byte>(operands.Sources[i])).Count;
            if (count != operands.SourceCount(i))
            {
                StepFault.Raise($"a string operand holds {count} strings; its shape needs {operands.SourceCount(i)}");
            }
            var numbers = c.Scratch<int>(operands.SourceAreas![i])[..count];
            for (int n = 0; n < numbers.Length; n++) numbers[n] = next++;
        }
        var memory = new MoveMemory(c, operands);
        mover.Run(memory, 0, mover.Units);
        for (int i = 0; i < operands.Targets.Length; i++)
        {
            Write(c, MemoryMarshal.Cast<byte, int>(memory.Target(i)), operands.Targets[i], operands.TargetShapes[i]);
        }
    }

    private void Write(in RunContext c, ReadOnlySpan<int> numbers, Operand target, Shape shape)
    {
        long characters = 0;
        foreach (int number in numbers) characters += String(c, number).Length;
        if (characters > int.MaxValue / 2)
        {
            StepFault.Raise($"the output would hold {characters:N0} characters; at most 1 GB is supported");
        }
        c.Resize(target, shape, StringBuffer.ByteCount(numbers.Length, characters));
        var writer = new StringBufferWriter(c.Write<byte>(target), numbers.Length);
        foreach (int number in numbers) writer.Add(String(c, number));
    }

    private ReadOnlySpan<byte> String(RunContext c, int number)
    {
        int source = 0;
        while (number >= operands.SourceCount(source)) number -= operands.SourceCount(source++);
        return new StringBuffer(c.Read<byte>(operands.Sources[source]))[number];
    }
}
