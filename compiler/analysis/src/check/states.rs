//! The fixed-function states of render pipelines.

use super::Scene;
use crate::language;
use pngine_format::word::{BlendFactor, BlendOperation, CompareFunction, PrimitiveTopology, StencilOperation};
use pngine_scene::formats;
use pngine_scene::uses::entry;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_wgsl::device::Feature;

/// Every rule of them.
pub fn states(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    primitive(scene, &pipeline.primitive, diagnostics);
    if let Some(state) = &pipeline.depth_stencil {
        depth_stencil(scene, state, diagnostics);
        depth_bias(scene, state, pipeline.primitive.topology, diagnostics);
    }
    for blend in pipeline.targets.iter().filter_map(|target| target.blend.as_ref()) {
        blending(scene, &blend.color, diagnostics);
        blending(scene, &blend.alpha, diagnostics);
    }
    alpha_to_coverage(scene, pipeline, diagnostics);
}

/// Source: WebGPU, 10.3.3 "validating GPUPrimitiveState".
fn primitive(scene: &Scene, state: &Primitive, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(format) = state.strip_index_format.filter(|_| !state.is_strip()) {
        let message = format!("`stripIndexFormat` with {}", state.topology.text());
        let diagnostic = Diagnostic::new(Code::VertexLayout, format.span, message);
        diagnostics.push(diagnostic.help("it goes with line-strip and triangle-strip only"));
    }
    if *state.unclipped_depth {
        diagnostics.extend(scene.device.need(Feature::DepthClipControl, state.unclipped_depth.span, "`unclippedDepth`"));
    }
}

/// Source: WebGPU, 10.3.5 "validating GPUFragmentState", "validating color target states".
fn blending(scene: &Scene, part: &BlendPart, diagnostics: &mut Vec<Diagnostic>) {
    let names = [language::BlendPart::src_factor.name, language::BlendPart::dst_factor.name];
    let is_extreme = matches!(part.operation, BlendOperation::Min | BlendOperation::Max);
    for (factor, name) in part.factors.iter().zip(names) {
        if is_extreme && **factor != BlendFactor::One {
            let message = format!("with min and max both factors must be one, `{name}` is {}", factor.text());
            diagnostics.push(Diagnostic::new(Code::ColorTarget, factor.span, message).help(format!("write `{name}=one`")));
        }
        let word = factor.text();
        if word.contains("src1") {
            diagnostics.extend(scene.device.need(Feature::DualSourceBlending, factor.span, &format!("the factor {word}")));
        }
    }
}

/// Source: WebGPU, 10.3.6 "validating GPUDepthStencilState".
fn depth_stencil(scene: &Scene, state: &DepthStencil, diagnostics: &mut Vec<Diagnostic>) {
    let info = formats::info(*state.format, &scene.device);
    let format = state.format.text();
    let refuse = |span, message: String| Diagnostic::new(Code::DepthState, span, message);
    if !info.depth && !info.stencil {
        let diagnostic = refuse(state.format.span, format!("{format} is not a depth or stencil format"));
        diagnostics.push(diagnostic.help("such as depth24plus, depth32float or depth24plus-stencil8"));
        // What more there is to say depends on the format.
        return;
    }
    if info.depth {
        if state.depth_write.is_none() {
            let diagnostic = refuse(state.span, "a format with depth needs `depthWriteEnabled`".to_string());
            diagnostics.push(diagnostic.help("write `depthWriteEnabled=true`, or false to test only"));
        }
        let fails = |face: &Spanned<StencilFace>| face.operations[1] != StencilOperation::Keep;
        let needs_compare = state.writes_depth() || state.faces.iter().any(fails);
        if state.depth_compare.is_none() && needs_compare {
            let diagnostic = refuse(state.span, "depth is written, so it needs `depthCompare`".to_string());
            diagnostics.push(diagnostic.help("write `depthCompare=less`, or always"));
        }
    } else {
        // What does nothing with depth may be written all the same.
        let write =
            state.depth_write.filter(|write| **write).map(|write| (language::DepthStencil::depth_write_enabled.name, write.span));
        let compare = state.depth_compare.filter(|compare| **compare != CompareFunction::Always);
        let compare = compare.map(|compare| (language::DepthStencil::depth_compare.name, compare.span));
        for (name, span) in write.into_iter().chain(compare) {
            diagnostics.push(refuse(span, format!("`{name}`, but {format} has no depth")));
        }
    }
    let names = [language::DepthStencil::stencil_front.name, language::DepthStencil::stencil_back.name];
    for (face, name) in state.faces.iter().zip(names).filter(|(face, _)| face.does_something() && !info.stencil) {
        let diagnostic = refuse(face.span, format!("`{name}`, but {format} has no stencil"));
        diagnostics.push(diagnostic.help("use a format such as depth24plus-stencil8"));
    }
}

/// Source: WebGPU, 10.3.6 "validating GPUDepthStencilState", which looks at the topology for this.
fn depth_bias(scene: &Scene, state: &DepthStencil, topology: PrimitiveTopology, diagnostics: &mut Vec<Diagnostic>) {
    let info = formats::info(*state.format, &scene.device);
    let is_of_triangles = matches!(topology, PrimitiveTopology::TriangleList | PrimitiveTopology::TriangleStrip);
    // Another format is reported for that.
    if is_of_triangles || !(info.depth || info.stencil) {
        return;
    }
    let [slope, clamp] = &state.slope_and_clamp;
    for (name, span, has_bias) in [
        (language::DepthStencil::depth_bias.name, state.bias.span, *state.bias != 0),
        (language::DepthStencil::depth_bias_slope_scale.name, slope.span, **slope != 0.0),
        (language::DepthStencil::depth_bias_clamp.name, clamp.span, **clamp != 0.0),
    ] {
        if has_bias {
            let diagnostic = Diagnostic::new(Code::DepthState, span, format!("`{name}` with {}", topology.text()));
            diagnostics.push(diagnostic.help("only triangles have a depth bias: leave it out"));
        }
    }
}

/// Source: WebGPU, 10.3.4 "validating GPUMultisampleState", 10.3.1 "validating GPURenderPipelineDescriptor", `alphaToCoverageEnabled`.
fn alpha_to_coverage(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    if !pipeline.multisample.alpha_to_coverage {
        return;
    }
    if *pipeline.multisample.count == 1 {
        let message = "`alphaToCoverageEnabled` needs four samples";
        diagnostics.push(Diagnostic::new(Code::SampleCount, pipeline.multisample.span, message).help("write `count=4`"));
        return;
    }
    let has_alpha = pipeline.targets.first().is_some_and(|target| {
        let info = formats::info(target.format, &scene.device);
        info.blendable && info.channels == 4
    });
    if !has_alpha {
        let message = "`alphaToCoverageEnabled` needs a first target with alpha that can be blended";
        diagnostics.push(Diagnostic::new(Code::ColorTarget, pipeline.multisample.span, message).help("such as rgba8unorm"));
    }
    let fragment = pipeline.fragment.as_ref().and_then(|stage| entry(scene, stage));
    if let Some((_, fragment)) = fragment.filter(|(_, fragment)| fragment.builtin_outputs.contains(&"sample_mask")) {
        let message = format!("`alphaToCoverageEnabled`, and `{}` writes `sample_mask`", fragment.name);
        diagnostics
            .push(Diagnostic::new(Code::FragmentOutput, pipeline.multisample.span, message).also(fragment.span, "declared here"));
    }
}
