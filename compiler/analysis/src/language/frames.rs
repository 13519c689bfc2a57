//! Frames, the timeline, `#pass`, and what there is one of. Source: language reference, sections 11 to 13 and 18.1.

use super::kinds::*;
use super::passes::Color;
use super::slots::{Chosen, choices, shapes};
use pngine_format::webgpu;
use pngine_format::word::{CanvasAlphaMode, CanvasToneMappingMode, ColorSpace, TextureFormat};
use pngine_scene::DataId;

/// The format of the textures that passes draw to. Source: language reference, section 13.
const PASS_FORMAT: webgpu::Format = webgpu::Format::Texture(TextureFormat::Rgba8Unorm);

choices! {
    /// Something that is said about the scene.
    MetaText {
        Title "title": Str, "What it is called.";
        Author "author": Str, "Who made it.";
        License "license": Str, "How it may be used.";
        Description "description": Str, "What it shows.";
        Url "url": Str, "Where it comes from.";
    }
}

shapes! {
    Frame = "#frame" {
        init "init": List<Ref<Item>>, "Run once, before the first frame that lists it.";
        before "before": List<Ref<Item>>, "Run in every frame, first.";
        perform "perform": List<Ref<Item>>, "Run in every frame.";
        after "after": List<Ref<Item>>, "Run in every frame, last.";
        on_load "onLoad": Ignored, "Has no effect.";
        on_unload "onUnload": Ignored, "Has no effect.";
    }

    AnimatedScene = "scene" {
        id "id": Name, required, "What hosts call it.";
        frame "frame": Ref<FrameRef>, required, "What it shows.";
        start "start": Float = 0.0, "First second.";
        end "end": Float, required, "Second at which it is over.";
    }

    Animation = "#animation" {
        duration "duration": Float, required, "Length in seconds, in steps of a millisecond.";
        repeats "loop": Bool = false, "Begin again at the end.";
        end_behavior "endBehavior": Name = "hold".to_string(),
            "What happens at the end without `loop`: `hold` the last picture, `stop` playing, `restart`.";
        scenes "scenes": List<AnimatedScene>, required,
            "The scenes; where two overlap the first is shown, in a gap the one that ended last.";
    }

    Pass = "#pass" {
        code "code": Text, required, "The WGSL text: a fragment entry point, or compute entry points that run in order.";
        feedback "feedback": Bool = false, "Whether it can read its last output.";
        init "init": Text, "WGSL with compute entry points that seed the output, once, before the first frame that lists the pass.";
        format "format": Format = PASS_FORMAT, "Texel format of the output.";
        size "size": PassSize, or "that of the canvas",
            "Width and height of the output in texels, or one number: the part of the canvas' size that both are.";
        outputs "outputs": List<PassOutput>, "Further outputs, from `@location(1)` on, that later passes read by their names.";
        mips "mips": Bool = false, "Whether the output has mip levels, made each time the pass has run.";
        imports "imports": List<Ref<FragmentRef>>, "Fragments whose text is put in front, each once.";
        clear "clear": Color = [0.0, 0.0, 0.0, 1.0],
            "What the output is cleared to; a compute pass keeps what it does not write unless this is given.";
        deps "deps": List<Ref<PassRef>>, or "all earlier ones", "The earlier passes that it may read.";
        data "data": List<Ref<DataId>>, or "all", "The `#data` that it may read, as arrays of the same names.";
    }

    PassOutput = "output" {
        name "name": Name, required, "What later passes call it.";
        format "format": Format = PASS_FORMAT, "Its texel format.";
        mips "mips": Bool = false, "Whether it has mip levels, made each time the pass has run.";
    }

    Device = "#device" {
        required_features "requiredFeatures": List<Name>, "Features without which nothing runs.";
        optional_features "optionalFeatures": List<Name>, "Features that are asked for where there are any.";
        required_limits "requiredLimits": Record, "Limits that must be reached.";
    }

    Canvas = "#canvas" {
        alpha_mode "alphaMode": Enum<CanvasAlphaMode> = CanvasAlphaMode::Opaque, "Whether the page shows through.";
        color_space "colorSpace": Enum<ColorSpace> = ColorSpace::Srgb, "Colour space.";
        tone_mapping "toneMapping": Enum<CanvasToneMappingMode> = CanvasToneMappingMode::Standard, "Tone mapping.";
    }

    Meta = "#meta" {
        ..texts: Vec<Chosen<MetaText>>;
    }
}

/// The size of a `#pass`: width and height, or a part of the canvas.
pub type PassSize = OneOf<Tuple<Texels, 2, 2>, Float>;
