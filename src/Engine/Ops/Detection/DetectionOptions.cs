namespace Graft.Ops.Detection;

/// <summary>Options of TFLite_Detection_PostProcess. Scales are those of y, x, h, w.</summary>
internal sealed record DetectionOptions(int DetectionsMax, int ClassesMax, int DetectionsPerClass, bool IsClassByClass, float ScoreMin,
    float OverlapMax, int Classes, float[] Scales)
{
    /// <summary>What makes the options meaningless, or null.</summary>
    public string? Problem() => DetectionsMax < 0 ? $"max_detections is {DetectionsMax}; it must not be negative"
        : ClassesMax <= 0 ? $"max_classes_per_detection is {ClassesMax}; it must be positive"
        : IsClassByClass && Math.Min(DetectionsPerClass, DetectionsMax) <= 0 ? $"detections_per_class is {DetectionsPerClass}; it must be positive"
        : !(OverlapMax > 0 && OverlapMax <= 1) ? $"nms_iou_threshold is {OverlapMax:R}; it must lie in (0, 1]"
        : Classes <= 0 ? $"num_classes is {Classes}; it must be positive"
        : null;
}
