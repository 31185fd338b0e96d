using Graft.Kernels.Detection;
using Graft.Runtime;

namespace Graft.Ops.Detection;

/// <summary>Greedy selection of boxes: inputs are boxes, scores, the most to select, overlap and score limits, and for version 5 a sigma.</summary>
internal sealed class NonMaxSuppressionStep(Operand[] inputs, Operand indices, Operand scores, Operand count, Scratch candidates) : IStep
{
    private const int CandidateBytes = 12;

    public static void Infer(in InferContext c, bool isSoft)
    {
        var (boxes, scores) = (c.Shape(0), c.Shape(1));
        c.Require(boxes.Rank == 2 && boxes[1] == 4, $"boxes have shape {boxes}; [n,4] is expected");
        c.Require(scores.Rank == 1 && scores[0] == boxes[0], $"there are boxes {boxes} and scores {scores}");
        for (int i = 2; i < c.InputCount; i++) c.Require(c.Shape(i).ElementCount == 1, $"input {i} has shape {c.Shape(i)}; one element is expected");
        if (!c.TryIntegers(2, out var most)) return;
        c.Require(most[0] >= 0, $"at most {most[0]} boxes are to be selected");
        c.SetOutput(0, most[0]);
        if (isSoft) c.SetOutput(1, most[0]);
        c.SetOutput(isSoft ? 2 : 1, Shape.Scalar);
    }

    public static NonMaxSuppressionStep For(in PrepareContext c, bool isSoft)
    {
        var inputs = new Operand[c.InputCount];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = c.In(i);
        var candidates = c.ScratchShared((long)c.Shape(0)[0] * CandidateBytes);
        return new(inputs, c.Out(0), isSoft ? c.Out(1) : new(-1), c.Out(isSoft ? 2 : 1), candidates);
    }

    public void Run(in RunContext c)
    {
        float sigma = scores.IsPresent ? c.Read<float>(inputs[5])[0] : 0;
        if (sigma < 0) StepFault.Raise($"sigma is {sigma:R}; it must not be negative");
        c.Write<int>(count)[0] = NonMaxSuppression.Select(c.Read<float>(inputs[0]), c.Read<float>(inputs[1]), c.Read<float>(inputs[3])[0],
            c.Read<float>(inputs[4])[0], sigma, c.Scratch<NonMaxSuppression.Candidate>(candidates), c.Write<int>(indices),
            scores.IsPresent ? c.Write<float>(scores) : default);
    }
}
