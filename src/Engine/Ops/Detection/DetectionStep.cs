using System.Runtime.InteropServices;
using Graft.Kernels.Detection;
using Graft.Runtime;

namespace Graft.Ops.Detection;

/// <summary>Decodes boxes and selects detections, as <see cref="TFLiteDetectionPostProcess"/> says.</summary>
internal sealed class DetectionStep : IStep
{
    private const int BoxBytes = 16, ItemBytes = 8;

    private readonly DetectionOptions _options;
    private readonly FloatInput _encodings, _scores, _anchors;
    private readonly Operand _outBoxes, _outClasses, _outScores, _outCount;
    private readonly Scratch _boxes, _column, _kept, _merged;
    private readonly int _count, _encodingLength, _classesWithBackground, _perClass;

    public DetectionStep(in PrepareContext c, DetectionOptions options)
    {
        _options = options;
        (_count, _encodingLength, _classesWithBackground) = (c.Shape(0)[1], c.Shape(0)[2], c.Shape(1)[2]);
        _perClass = Math.Min(options.DetectionsPerClass, options.DetectionsMax);
        (_encodings, _scores, _anchors) = (new(c, 0), new(c, 1), new(c, 2));
        (_outBoxes, _outClasses, _outScores, _outCount) = (c.Out(0), c.Out(1), c.Out(2), c.Out(3));
        _boxes = c.ScratchShared((long)_count * BoxBytes);
        _column = c.ScratchShared((long)_count * sizeof(float));
        _kept = c.ScratchShared((long)Math.Max(_count, options.Classes) * ItemBytes);
        _merged = c.ScratchShared(((long)options.DetectionsMax + _count) * ItemBytes);
    }

    public void Run(in RunContext c)
    {
        var boxes = c.Scratch<Box>(_boxes)[.._count];
        BoxDecoder.Decode(_encodings.Read(c), _encodingLength, _anchors.Read(c), _options.Scales, boxes);
        if (!BoxDecoder.AreOrdered(boxes)) StepFault.Raise("a decoded box has its corners in the wrong order: an anchor or scale is negative");
        c.Write<float>(_outBoxes).Clear();
        c.Write<float>(_outClasses).Clear();
        c.Write<float>(_outScores).Clear();
        var scores = _scores.Read(c);
        c.Write<float>(_outCount)[0] = _options.IsClassByClass ? SelectByClass(c, boxes, scores) : SelectByBest(c, boxes, scores);
    }

    /// <summary>Every class on its own; the best of all of them.</summary>
    private int SelectByClass(in RunContext c, ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores)
    {
        int background = _classesWithBackground - _options.Classes, count = 0;
        var column = c.Scratch<float>(_column)[.._count];
        var kept = c.Scratch<ScoredItem>(_kept);
        var merged = c.Scratch<ScoredItem>(_merged);
        for (int label = 0; label < _options.Classes; label++)
        {
            for (int i = 0; i < column.Length; i++) column[i] = scores[i * _classesWithBackground + label + background];
            int selected = ClassSuppression.Select(boxes, column, _options.ScoreMin, _options.OverlapMax, _perClass, kept);
            var found = kept[..selected];
            foreach (ref var item in found) item = item with { Index = item.Index * _options.Classes + label };
            ClassSuppression.Merge(merged, count, found);
            count = Math.Min(count + selected, _options.DetectionsMax);
        }
        for (int i = 0; i < count; i++)
        {
            int box = merged[i].Index / _options.Classes;
            Put(c, i, boxes[box], merged[i].Index - box * _options.Classes, merged[i].Score);
        }
        return count;
    }

    /// <summary>Each box by its best class; then its best classes.</summary>
    private int SelectByBest(in RunContext c, ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores)
    {
        int background = _classesWithBackground - _options.Classes, classes = Math.Min(_options.ClassesMax, _options.Classes);
        var best = c.Scratch<float>(_column)[.._count];
        for (int i = 0; i < best.Length; i++) best[i] = Highest(scores.Slice(i * _classesWithBackground + background, _options.Classes)).Score;
        var selected = c.Scratch<ScoredItem>(_merged);
        int count = ClassSuppression.Select(boxes, best, _options.ScoreMin, _options.OverlapMax, _options.DetectionsMax, selected);
        var items = c.Scratch<ScoredItem>(_kept)[.._options.Classes];
        for (int i = 0; i < count; i++)
        {
            var row = scores.Slice(selected[i].Index * _classesWithBackground + background, _options.Classes);
            if (classes == 1) items[0] = Highest(row);
            else
            {
                for (int k = 0; k < items.Length; k++) items[k] = new(row[k], k);
                ClassSuppression.TopFirst(items, classes);
            }
            for (int k = 0; k < classes; k++) Put(c, i * _options.ClassesMax + k, boxes[selected[i].Index], items[k].Index, items[k].Score);
        }
        return count;
    }

    private static ScoredItem Highest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best]) best = i;
        }
        return new(scores[best], best);
    }

    private void Put(in RunContext c, int slot, in Box box, int label, float score)
    {
        MemoryMarshal.Cast<float, Box>(c.Write<float>(_outBoxes))[slot] = box;
        c.Write<float>(_outClasses)[slot] = label;
        c.Write<float>(_outScores)[slot] = score;
    }
}
