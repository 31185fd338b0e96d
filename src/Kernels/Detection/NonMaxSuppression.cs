using System.Runtime.InteropServices;

namespace Graft.Kernels.Detection;

/// <summary>
/// Greedy selection of boxes by score. A box is dropped when it overlaps a selected one too much; with a sigma its score decays with each
/// overlap first (Bodla et al., "Soft-NMS", arXiv 1704.04503).
/// </summary>
internal static class NonMaxSuppression
{
    /// <summary>A box that may be selected; boxes selected before <see cref="Seen"/> have been compared with it.</summary>
    internal record struct Candidate(int Index, float Score, int Seen);

    private readonly struct ByScore : IHeapOrder<Candidate>
    {
        public bool IsBelow(in Candidate a, in Candidate b) => a.Score < b.Score;
    }

    /// <summary>
    /// Fills <paramref name="indices"/>, and <paramref name="selectedScores"/> unless it is empty, best first, zeros behind the last; their
    /// number is returned. A box without area may be selected again and again, as the reference does.
    /// </summary>
    public static int Select(ReadOnlySpan<float> corners, ReadOnlySpan<float> scores, float overlapMax, float scoreMin, float sigma,
        Span<Candidate> candidates, Span<int> indices, Span<float> selectedScores)
    {
        var boxes = MemoryMarshal.Cast<float, Box>(corners);
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!(scores[i] > scoreMin)) continue;
            candidates[count++] = new(i, scores[i], 0);
            BinaryHeap.Push(candidates[..count], default(ByScore));
        }
        indices.Clear();
        selectedScores.Clear();
        int selected = 0, most = Math.Min(count, indices.Length);
        float scale = sigma > 0 ? (float)(-0.5 / sigma) : 0;
        while (selected < most && count > 0)
        {
            BinaryHeap.Pop(candidates[..count], default(ByScore));
            var next = candidates[--count];
            float before = next.Score;
            bool isDropped = false;
            var box = boxes[next.Index].Ordered();
            for (int j = selected - 1; j >= next.Seen; j--)
            {
                float overlap = Box.Overlap(box, boxes[indices[j]].Ordered());
                isDropped = overlap >= overlapMax;
                if (isDropped) break;
                if (sigma > 0) next.Score *= MathF.Exp(scale * overlap * overlap);
                if (next.Score <= scoreMin) break;
            }
            next.Seen = selected;
            if (isDropped) continue;
            if (next.Score == before)
            {
                indices[selected] = next.Index;
                if (!selectedScores.IsEmpty) selectedScores[selected] = next.Score;
                selected++;
            }
            if (!(next.Score > scoreMin)) continue;
            candidates[count++] = next;
            BinaryHeap.Push(candidates[..count], default(ByScore));
        }
        return selected;
    }
}
