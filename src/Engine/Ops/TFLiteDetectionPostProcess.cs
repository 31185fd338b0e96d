using Graft.Errors;
using Graft.Ops.Detection;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator TFLite_Detection_PostProcess: boxes decoded around anchors, then the best without much overlap, either over all
/// classes at once or class by class. Slots behind the last detection are zero.
/// </summary>
internal sealed class TFLiteDetectionPostProcess(DetectionOptions options) : IOp<TFLiteDetectionPostProcess>
{
    public static OpSignature Signature => new("TFLite_Detection_PostProcess", "f32|u8 f32|u8 f32|u8 -> f32 f32 f32 f32", "u8 f32|u8 u8 -> f32 f32 f32 f32");

    public static TFLiteDetectionPostProcess Read(in OperatorDef def)
    {
        var map = FlexBuffer.Root(def.CustomOptions);
        var perClass = map["detections_per_class"];
        var options = new DetectionOptions(map["max_detections"].Int32(), map["max_classes_per_detection"].Int32(),
            perClass.IsNull ? 100 : perClass.Int32(), map["use_regular_nms"].Boolean(), (float)map["nms_score_threshold"].Double(),
            (float)map["nms_iou_threshold"].Double(), map["num_classes"].Int32(),
            [(float)map["y_scale"].Double(), (float)map["x_scale"].Double(), (float)map["h_scale"].Double(), (float)map["w_scale"].Double()]);
        return options.Problem() is { } problem ? throw new UnsupportedOptionException(problem) : new(options);
    }

    public void Infer(in InferContext c)
    {
        var (boxes, scores, anchors) = (c.Shape(0), c.Shape(1), c.Shape(2));
        c.Require(boxes.Rank == 3 && boxes[0] == 1 && boxes[2] >= 4, $"boxes have shape {boxes}; [1,n,4] is expected");
        c.Require(scores.Rank == 3 && scores[0] == 1 && scores[1] == boxes[1], $"scores have shape {scores}; [1,{boxes[1]},classes] is expected");
        c.Require(scores[2] - options.Classes is 0 or 1, $"there are {scores[2]} scores for {options.Classes} classes; one more at most is expected");
        c.Require(anchors.Rank == 2 && anchors[0] >= boxes[1] && anchors[1] == 4, $"anchors have shape {anchors}; [{boxes[1]},4] is expected");
        long slots = (long)options.DetectionsMax * options.ClassesMax;
        c.Require(slots <= int.MaxValue, $"{slots} detections are too many");
        c.SetOutput(0, 1, (int)slots, 4);
        c.SetOutput(1, 1, (int)slots);
        c.SetOutput(2, 1, (int)slots);
        c.SetOutput(3, 1);
    }

    public IStep Prepare(in PrepareContext c) => new DetectionStep(c, options);
}
