namespace Graft.Ops;

/// <summary>A tensor of a plan's frame, by index; -1 when absent. What a step keeps of its inputs and outputs.</summary>
internal readonly record struct Operand(int Tensor)
{
    public bool IsPresent => Tensor >= 0;
}

/// <summary>Scratch memory of a step: by index in the table of whoever runs the step.</summary>
internal readonly record struct Scratch(int Index);
