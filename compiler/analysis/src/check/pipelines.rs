//! Pipelines: what shaders read and write against what is declared.

use super::{Scene, states};
use pngine_format::vertex::VertexData;
use pngine_format::webgpu::{Format, Sample};
use pngine_format::word::{BufferBindingType, PrimitiveTopology, SamplerBindingType, StorageTextureAccess, TextureSampleType};
use pngine_scene::formats;
use pngine_scene::uses::{entry, resource_name, used_groups};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, Label, at_most, counted, listed};
use pngine_source::source::Span;
use pngine_wgsl::device::{Feature, Limit};
use pngine_wgsl::reflect::{self, EntryPoint, Module, Scalar, Varying};
use std::collections::{BTreeMap, BTreeSet};

fn same_kind(scalar: Scalar, sample: Sample) -> bool {
    match scalar {
        Scalar::F32 | Scalar::F16 => matches!(sample, Sample::Float | Sample::UnfilterableFloat),
        Scalar::I32 => sample == Sample::Sint,
        Scalar::U32 => sample == Sample::Uint,
        Scalar::Bool => false,
    }
}

fn type_name(varying: &Varying) -> String {
    match varying.components {
        1 => varying.scalar.as_str().to_string(),
        n => format!("vec{n}<{}>", varying.scalar.as_str()),
    }
}

/// The plainest vertex format for a vertex input: `float32x3`.
fn vertex_format(input: &Varying) -> String {
    let scalar = match input.scalar.as_str() {
        "i32" => "sint32",
        "u32" => "uint32",
        "f16" if input.components > 1 => "float16",
        _ => "float32",
    };
    // There is no format of three halves: the fourth is not read.
    match (scalar, input.components) {
        (scalar, 1) => scalar.to_string(),
        ("float16", 3) => "float16x4".to_string(),
        (scalar, components) => format!("{scalar}x{components}"),
    }
}

/// Every rule of a render pipeline.
pub fn render(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for (index, pipeline) in scene.render_pipelines.iter().enumerate() {
        let Some(pipeline) = pipeline else { continue };
        super::vertices::buffers(scene, pipeline, diagnostics);
        vertex_inputs(scene, pipeline, diagnostics);
        targets(scene, pipeline, diagnostics);
        fragment_outputs(scene, pipeline, diagnostics);
        blend_sources(scene, pipeline, diagnostics);
        if !too_many_between(scene, pipeline, diagnostics) {
            between_stages(scene, pipeline, diagnostics);
        }
        constants(scene, &pipeline.vertex, diagnostics);
        if let Some(stage) = &pipeline.fragment {
            constants(scene, stage, diagnostics);
        }
        states::states(scene, pipeline, diagnostics);
        attribute_limits(scene, pipeline, diagnostics);
        let id = PipelineId::Render(RenderPipelineId(index));
        together(scene, id, pipeline, diagnostics);
        explicit_layout(scene, id, diagnostics);
    }
}

/// Every rule of a compute pipeline.
pub fn compute(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for (index, pipeline) in scene.compute_pipelines.iter().enumerate() {
        let Some(pipeline) = pipeline else { continue };
        constants(scene, &pipeline.compute, diagnostics);
        explicit_layout(scene, PipelineId::Compute(ComputePipelineId(index)), diagnostics);
    }
}

/// Source: WebGPU, maxVertexAttributes, and maxVertexBufferArrayStride.
fn attribute_limits(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    let count: usize = pipeline.buffers.iter().flatten().map(|buffer| buffer.attributes.len()).sum();
    let most = scene.device.limit(Limit::MaxVertexAttributes);
    if count as u64 > most {
        let message = format!("a pipeline has at most {most} vertex attributes, and {count} are listed");
        let diagnostic = Diagnostic::new(Code::VertexLayout, pipeline.vertex.span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxVertexAttributes, count as u64));
    }
    let strides: Vec<(&Attribute, u32)> = pipeline
        .buffers
        .iter()
        .flatten()
        .flat_map(|buffer| buffer.attributes.iter().map(|attribute| (attribute, *buffer.stride)))
        .collect();
    for (attribute, own) in strides {
        let (_, _, size) = attribute.format.layout();
        let end = attribute.offset.saturating_add(size);
        let stride = scene.device.limit32(Limit::MaxVertexBufferArrayStride);
        // An offset that is not aligned is reported for that, and one behind the stride that is written too.
        if end > stride && attribute.offset.is_multiple_of(size.min(4)) && (own == 0 || end <= own) {
            let message = at_most(format!("this attribute ends at byte {end}"), stride);
            let diagnostic = Diagnostic::new(Code::VertexLayout, attribute.span, message);
            // A stride, and so the limit of it, is a multiple of 4.
            let needed = u64::from(end).next_multiple_of(4);
            diagnostics.push(scene.device.raise(diagnostic, Limit::MaxVertexBufferArrayStride, needed));
        }
    }
}

/// How many bind groups and vertex buffers a pipeline has, counted up to the last one of each: those of its layout, used or not.
fn groups_and_buffers(scene: &Scene, id: PipelineId, pipeline: &RenderPipeline) -> (u32, u32) {
    let groups = match pipeline.layout {
        Some(layout) => scene.group_layouts(layout).map_or(0, |layout| layout.groups.len()),
        None => used_groups(scene, id).and_then(|groups| groups.last().copied()).map_or(0, |last| last as usize + 1),
    };
    let buffers = pipeline.buffers.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    (groups as u32, buffers as u32)
}

/// Whether a pipeline has more bind groups and vertex buffers together than there may be, which is reported.
pub fn has_too_many_together(scene: &Scene, id: PipelineId, pipeline: &RenderPipeline) -> bool {
    let (groups, buffers) = groups_and_buffers(scene, id, pipeline);
    groups + buffers > scene.device.limit32(Limit::MaxBindGroupsPlusVertexBuffers)
}

/// Source: WebGPU, 10.3.1 `createRenderPipeline`, maxBindGroupsPlusVertexBuffers.
fn together(scene: &Scene, id: PipelineId, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    if !has_too_many_together(scene, id, pipeline) {
        return;
    }
    let (groups, buffers) = groups_and_buffers(scene, id, pipeline);
    let limit = Limit::MaxBindGroupsPlusVertexBuffers;
    let (name, most) = (&pipeline.named.name, scene.device.limit(limit));
    let message =
        format!("`{name}` has {groups} bind groups and {buffers} vertex buffers, but at most {most} are allowed together");
    let diagnostic = Diagnostic::new(Code::TooMany, pipeline.named.span, message);
    diagnostics.push(scene.device.raise(diagnostic, limit, u64::from(groups + buffers)));
}

/// Source: WebGPU, 10.3.7 "validating GPUVertexState".
fn vertex_inputs(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    let Some((_, entry)) = entry(scene, &pipeline.vertex) else { return };
    let attributes: Vec<&Attribute> = pipeline.buffers.iter().flatten().flat_map(|buffer| &buffer.attributes).collect();
    let is_fed = |input: &&Varying| attributes.iter().any(|attribute| attribute.location == input.location);
    let hungry: Vec<&Varying> = entry.inputs.iter().filter(|input| !is_fed(input)).collect();
    if !hungry.is_empty() {
        let locations: Vec<String> = hungry.iter().map(|input| input.location.to_string()).collect();
        let s = if locations.len() == 1 { "" } else { "s" };
        let message = format!("nothing feeds location{s} {} of `{}`", listed(&locations), entry.name);
        let mut diagnostic = Diagnostic::new(Code::VertexInput, pipeline.vertex.span, message);
        for input in &hungry {
            diagnostic = diagnostic.also(input.span, format!("`{}` is a {}", input.name, type_name(input)));
        }
        let attribute = |input: &Varying| format!("{{ shaderLocation={} format={} }}", input.location, vertex_format(input));
        diagnostics.push(diagnostic.label("not fed by its `buffers`").help(match hungry.as_slice() {
            [one] if pipeline.buffers.is_empty() => {
                format!("add `buffers=[{{ attributes=[{}] }}]`, and `vertexBuffers=[…]` to the pass", attribute(one))
            }
            [one] => format!("add the attribute `{}` to `buffers`", attribute(one)),
            _ => "add an attribute for each to `buffers`".to_string(),
        }));
    }
    for input in &entry.inputs {
        let Some(attribute) = attributes.iter().find(|attribute| attribute.location == input.location) else {
            continue;
        };
        let (_, data, _) = attribute.format.layout();
        let sample = match data {
            VertexData::Float => Sample::Float,
            VertexData::Sint => Sample::Sint,
            VertexData::Uint => Sample::Uint,
        };
        if !same_kind(input.scalar, sample) {
            let message = format!("{} cannot feed `{}`, a {}", attribute.format.text(), input.name, type_name(input));
            diagnostics.push(Diagnostic::new(Code::VertexInput, attribute.span, message).also(input.span, "the vertex input"));
        }
    }
    for attribute in attributes {
        if !entry.inputs.iter().any(|input| input.location == attribute.location) {
            let message = format!("`{}` does not read location {}", entry.name, attribute.location);
            diagnostics.push(Diagnostic::new(Code::UnusedAttribute, attribute.span, message));
        }
    }
}

/// Source: WebGPU, 10.3.5 "validating GPUFragmentState", without the shader.
fn targets(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    // Source: WebGPU, maxColorAttachments.
    if pipeline.targets.len() > 8 {
        let message =
            format!("a pipeline has at most 8 color targets, but {}", pngine_source::diag::given(pipeline.targets.len()));
        diagnostics.push(Diagnostic::new(Code::BadLength, pipeline.targets.span, message));
    }
    for target in pipeline.targets.iter() {
        let info = formats::info(target.format, &scene.device);
        if !info.renderable {
            let message = format!("{} cannot be drawn to", target.format.text());
            diagnostics.push(Diagnostic::new(Code::ColorTarget, target.span, message));
        } else if target.blend.is_some() && !info.blendable {
            let message = format!("{} cannot be blended", target.format.text());
            diagnostics.push(
                Diagnostic::new(Code::ColorTarget, target.span, message)
                    .help("leave `blend` out, or use a format such as rgba16float"),
            );
        }
        if *pipeline.multisample.count > 1 && info.renderable && !info.multisample {
            let message = format!("{} cannot be multisampled", target.format.text());
            diagnostics.push(Diagnostic::new(Code::ColorTarget, target.span, message));
        }
    }
    if let Some((bytes, most)) = formats::too_many_bytes(&scene.device, pipeline.targets.iter().map(|target| target.format))
        && let Some(last) = pipeline.targets.last()
    {
        let message = at_most(format!("the targets have {bytes} bytes per sample"), most);
        let diagnostic = Diagnostic::new(Code::ColorTarget, last.span, message).help("use fewer targets or smaller formats");
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxColorAttachmentBytesPerSample, u64::from(bytes)));
    }
    if pipeline.writes_nothing() {
        let name = &pipeline.named.name;
        diagnostics.push(match &pipeline.fragment {
            Some(stage) => {
                let message = format!("the fragment stage of `{name}` has no `targets`, so nothing is drawn");
                Diagnostic::new(Code::ColorTarget, stage.span, message)
                    .label("`targets` is missing")
                    .help("add `targets=[{}]`: one target, in the format of the canvas")
            }
            None => {
                let message =
                    format!("`#renderPipeline {name}` has neither a fragment stage nor a `depthStencil`, so nothing is drawn");
                Diagnostic::new(Code::ColorTarget, pipeline.named.span, message)
                    .label("draws nothing")
                    .help("add `fragment={ module=… targets=[{}] }`, or a `depthStencil`")
            }
        });
    }
}

/// Source: WebGPU, 10.3.5 "validating GPUFragmentState", "validating color target states".
fn fragment_outputs(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    let Some(stage) = &pipeline.fragment else { return };
    let Some((_, entry)) = entry(scene, stage) else { return };
    if pipeline.targets.is_empty() && !entry.outputs.is_empty() && pipeline.depth_stencil.is_some() {
        let message = format!("`{}` gives colours, but the stage has no `targets`", entry.name);
        diagnostics.push(
            Diagnostic::new(Code::FragmentOutput, stage.span, message)
                .also(entry.span, "declared here")
                .help("write `targets=[{ format=preferredCanvasFormat }]`"),
        );
    }
    let most = scene.device.limit32(Limit::MaxColorAttachments);
    for output in entry.outputs.iter().filter(|output| output.location >= most) {
        let message = format!("an output at location {}, but the largest allowed is {}", output.location, most.saturating_sub(1));
        let diagnostic = Diagnostic::new(Code::FragmentOutput, output.span, message).also(stage.span, "used here");
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxColorAttachments, u64::from(output.location) + 1));
    }
    for (location, target) in pipeline.targets.iter().enumerate() {
        let info = formats::info(target.format, &scene.device);
        // One that cannot be drawn to is reported for that.
        if target.write_mask == 0 || !info.renderable {
            continue;
        }
        match entry.outputs.iter().find(|output| output.location as usize == location) {
            None => {
                let message = format!("`{}` gives nothing for target {location}", entry.name);
                diagnostics.push(
                    Diagnostic::new(Code::FragmentOutput, target.span, message)
                        .also(entry.span, format!("it has no output with `@location({location})`"))
                        .help("add the output, or write `writeMask=0`"),
                );
            }
            Some(output) => {
                if !same_kind(output.scalar, info.sample) || u32::from(output.components) < info.channels.min(4) {
                    let message = format!("a {} cannot be written to {}", type_name(output), target.format.text());
                    diagnostics.push(
                        Diagnostic::new(Code::FragmentOutput, target.span, message).also(output.span, "the fragment output"),
                    );
                }
            }
        }
    }
    let has_depth = pipeline.depth_stencil.as_ref().is_some_and(|state| formats::info(*state.format, &scene.device).depth);
    if entry.builtin_outputs.contains(&"frag_depth") && !has_depth {
        let message = format!("`{}` writes `frag_depth`, but the pipeline has no depth", entry.name);
        diagnostics
            .push(Diagnostic::new(Code::FragmentOutput, stage.span, message).help("add a `depthStencil` with a depth format"));
    }
}

/// Whether a pipeline has other targets than its fragment stage has outputs, which is reported: how many it should have is not known.
pub fn targets_are_not_those_of_the_shader(scene: &Scene, pipeline: &RenderPipeline) -> bool {
    let Some((_, entry)) = pipeline.fragment.as_ref().and_then(|stage| entry(scene, stage)) else { return false };
    let gives = |location: usize| entry.outputs.iter().any(|output| output.location as usize == location);
    let is_surplus = |(location, target): (usize, &Target)| {
        target.write_mask != 0 && formats::info(target.format, &scene.device).renderable && !gives(location)
    };
    (pipeline.targets.is_empty() && !entry.outputs.is_empty()) || pipeline.targets.iter().enumerate().any(is_surplus)
}

/// What blending reads, the fragment stage gives: a second source for the factors with src1, an alpha for those with alpha.
/// Source: WebGPU, 10.3.5 "validating GPUFragmentState".
fn blend_sources(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    let Some(stage) = &pipeline.fragment else { return };
    let Some((_, entry)) = entry(scene, stage) else { return };
    let second = entry.outputs.iter().find(|output| output.blend_src.is_some());
    if let (Some(output), Some(extra)) = (second, pipeline.targets.get(1)) {
        let message = "with a second source there is one color target";
        diagnostics.push(Diagnostic::new(Code::ColorTarget, extra.span, message).also(output.span, "the second source"));
    }
    for (location, target) in pipeline.targets.iter().enumerate() {
        let Some(Blend { color, alpha }) = &target.blend else { continue };
        let mut all = color.factors.iter().chain(&alpha.factors).map(|factor| factor.text());
        // Without the feature, that is what is missing first.
        if second.is_none()
            && scene.device.has(Feature::DualSourceBlending)
            && let Some(factor) = all.find(|factor| factor.contains("src1"))
        {
            let message = format!("{factor} reads a second source, and `{}` gives none", entry.name);
            diagnostics.push(Diagnostic::new(Code::FragmentOutput, target.span, message).also(entry.span, "declared here").help(
                "write `enable dual_source_blending;`, and `@location(0) @blend_src(0)` and `@blend_src(1)` in the output",
            ));
        }
        let output = entry.outputs.iter().find(|output| output.location as usize == location && output.components < 4);
        let reads_alpha =
            |factor: &&str| (factor.contains("src-alpha") || factor.contains("src1-alpha")) && !factor.contains("dst");
        if let Some(output) = output
            && let Some(factor) = color.factors.iter().map(|factor| factor.text()).find(reads_alpha)
        {
            let message = format!("{factor} reads the alpha of a {}, which has none", type_name(output));
            diagnostics.push(
                Diagnostic::new(Code::FragmentOutput, target.span, message)
                    .also(output.span, "the fragment output")
                    .help("give a vec4<f32>; what the target has no channel for is only blended with"),
            );
        }
    }
}

/// What a fragment stage takes in besides variables and counts like them. Source: WebGPU, 10.3.1 "Inter-Stage Builtins".
const INTER_STAGE_BUILTINS: [&str; 6] =
    ["front_facing", "sample_index", "sample_mask", "primitive_index", "subgroup_invocation_id", "subgroup_size"];

/// How many variables go between the stages, and at which locations, also where there is no fragment stage. Whether something is wrong.
/// Source: WebGPU, 10.3.1 "validating inter-stage interfaces".
fn too_many_between(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let Some((_, vertex)) = entry(scene, &pipeline.vertex) else { return false };
    let most = scene.device.limit32(Limit::MaxInterStageShaderVariables);
    let clip = vertex.clip_distances.div_ceil(4);
    let locations = most.saturating_sub(clip);
    if let Some(output) = vertex.outputs.iter().find(|output| output.location >= locations) {
        let mut message = format!("location {} between the stages", output.location);
        message += &match locations.checked_sub(1) {
            Some(last) => format!(", but the largest allowed is {last}"),
            None => ", and none is possible".to_string(),
        };
        let mut diagnostic = Diagnostic::new(Code::InterStage, output.span, message);
        if clip > 0 {
            let distances = counted(vertex.clip_distances as usize, "clip distance");
            let takes = if vertex.clip_distances == 1 { "takes" } else { "take" };
            diagnostic = diagnostic.help(format!("{distances} {takes} {clip} of the {most} locations"));
        }
        let needed = u64::from(output.location) + 1 + u64::from(clip);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxInterStageShaderVariables, needed));
        return true;
    }
    let is_points = pipeline.primitive.topology == PrimitiveTopology::PointList;
    let possible = locations.saturating_sub(u32::from(is_points));
    if let Some(output) = vertex.outputs.get(possible as usize) {
        let message = at_most(format!("`{}` gives {} variables to points", vertex.name, vertex.outputs.len()), possible);
        let diagnostic = Diagnostic::new(Code::InterStage, output.span, message)
            .also(pipeline.named.span, "its topology is point-list")
            .help("the size of the points takes a place: put two variables into one vector");
        let needed = vertex.outputs.len() as u64 + u64::from(clip) + u64::from(is_points);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxInterStageShaderVariables, needed));
        return true;
    }
    let Some((_, fragment)) = pipeline.fragment.as_ref().and_then(|stage| entry(scene, stage)) else { return false };
    let builtins: Vec<String> = fragment
        .builtin_inputs
        .iter()
        .filter(|name| INTER_STAGE_BUILTINS.contains(name))
        .map(|name| format!("`{name}`"))
        .collect();
    let possible = (most as usize).saturating_sub(builtins.len());
    // Too many by themselves are at locations that the vertex stage cannot have.
    if fragment.inputs.len() > possible && !builtins.is_empty() && fragment.inputs.len() <= most as usize {
        let message = format!(
            "`{}` takes {} variables and {}, but at most {most} are allowed",
            fragment.name,
            fragment.inputs.len(),
            listed(&builtins)
        );
        let diagnostic = Diagnostic::new(Code::InterStage, fragment.inputs[possible].span, message)
            .also(fragment.span, "the fragment entry point")
            .help("these built-in values take places like variables: put two variables into one vector");
        let needed = (fragment.inputs.len() + builtins.len()) as u64;
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxInterStageShaderVariables, needed));
        return true;
    }
    false
}

/// Source: WebGPU, 10.3.1 "validating inter-stage interfaces".
fn between_stages(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    let Some(stage) = &pipeline.fragment else { return };
    let (Some((_, vertex)), Some((_, fragment))) = (entry(scene, &pipeline.vertex), entry(scene, stage)) else { return };
    for input in &fragment.inputs {
        let output = vertex.outputs.iter().find(|output| output.location == input.location);
        let message = match output {
            None => format!("`{}` reads location {}, which `{}` does not write", fragment.name, input.location, vertex.name),
            Some(output) if (output.scalar, output.components) != (input.scalar, input.components) => {
                format!(
                    "location {} is a {} in `{}` and a {} in `{}`",
                    input.location,
                    type_name(output),
                    vertex.name,
                    type_name(input),
                    fragment.name
                )
            }
            Some(output) if output.interpolation != input.interpolation => {
                format!("location {} is interpolated differently in `{}` and `{}`", input.location, vertex.name, fragment.name)
            }
            Some(_) => continue,
        };
        let mut diagnostic = Diagnostic::new(Code::InterStage, stage.span, message).also(input.span, "read here");
        diagnostic = match output {
            Some(output) => diagnostic.also(output.span, "written here"),
            None => diagnostic.also(vertex.span, "the vertex entry point"),
        };
        diagnostics.push(diagnostic);
    }
}

/// Source: WebGPU, 10.1.2 "validating GPUProgrammableStage".
pub fn constants(scene: &Scene, stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let Some((module, entry)) = entry(scene, stage) else { return };
    let mut seen: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
    let mut unknown: Vec<usize> = Vec::new();
    for (Spanned { value: key, span }, value) in &stage.constants {
        let Some(found) = module.find_override(key) else {
            let names: Vec<&str> = module.overrides.iter().map(|o| o.name.as_str()).collect();
            let mut diagnostic = Diagnostic::new(Code::OverrideConstant, *span, format!("the module has no override `{key}`"));
            diagnostic = match pngine_source::diag::nearest(key, names.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => diagnostic.help("it has no overrides at all"),
                None => diagnostic.help(format!("it has `{}`", names.join("`, `"))),
            };
            unknown.push(diagnostics.len());
            diagnostics.push(diagnostic);
            continue;
        };
        if let Some((other, first)) = seen.insert(&found.name, (key, *span)) {
            let message = format!("`{key}` and `{other}` are one override");
            diagnostics.push(Diagnostic::new(Code::OverrideConstant, *span, message).also(first, "the first value"));
            continue;
        }
        let scalar = found.scalar.as_str();
        match found.convert(*value) {
            Some(converted) if converted != *value => {
                let message = format!("{value} becomes {converted}, because `{key}` is {scalar}");
                diagnostics.push(
                    Diagnostic::new(Code::Converted, *span, message)
                        .also(found.span, "declared here")
                        .help(format!("write {converted}")),
                );
            }
            Some(_) => {}
            None => {
                let message = format!("{value} is beyond the range of {scalar}, which `{key}` is");
                diagnostics.push(Diagnostic::new(Code::OverrideConstant, *span, message).also(found.span, "declared here"));
            }
        }
    }
    let is_given = |needed: &reflect::Override| {
        stage.constants.iter().any(|(key, ..)| module.find_override(key).is_some_and(|found| found.span == needed.span))
    };
    let open = entry.overrides.iter().map(|&index| &module.overrides[index]);
    let open: Vec<&reflect::Override> = open.filter(|needed| !needed.has_default && !is_given(needed)).collect();
    // A key that the module does not have was most likely meant for what has no value.
    if let ([unknown], [needed]) = (unknown.as_slice(), open.as_slice())
        && let Some(diagnostic) = diagnostics.get_mut(*unknown)
    {
        diagnostic.secondary.push(Label { span: needed.span, message: format!("`{}` has no value", needed.name) });
        return;
    }
    if let Some(first) = open.first() {
        let names: Vec<String> = open.iter().map(|needed| format!("`{}`", needed.name)).collect();
        let (them, have) = if names.len() == 1 { ("override", "has") } else { ("overrides", "have") };
        let message = format!("the {them} {} {have} no value", listed(&names));
        let mut diagnostic = Diagnostic::new(Code::OverrideConstant, stage.span, message);
        for needed in &open {
            diagnostic = diagnostic.also(needed.span, "declared without a default");
        }
        diagnostics.push(diagnostic.help(format!("write `constants={{ {}=… }}`", first.name)));
    }
}

/// With an explicit layout, every binding that a stage uses must be in it and be of its kind.
/// Source: WebGPU, 10.1.2 "validating shader binding".
fn explicit_layout(scene: &Scene, pipeline: PipelineId, diagnostics: &mut Vec<Diagnostic>) {
    let Some(Some(layout)) = scene.pipeline_layout(pipeline) else { return };
    let Some(layout) = scene.group_layouts(layout) else { return };
    // A group that is not there is one mistake, however many bindings it should have.
    let mut missing = BTreeSet::new();
    let mut lacking: BTreeMap<u32, usize> = BTreeMap::new();
    for stage in scene.stages(pipeline) {
        let Some((module, entry)) = entry(scene, stage) else { continue };
        sampled_pairs(scene, layout, module, entry, diagnostics);
        for &index in &entry.bindings {
            let binding = &module.bindings[index];
            let place = format!("group {}, binding {}", binding.group, binding.binding);
            let Some(group) = layout.groups.get(binding.group as usize) else {
                if !missing.insert(binding.group) {
                    continue;
                }
                let message = format!("`#pipelineLayout {}` has no group {}", layout.named.name, binding.group);
                diagnostics.push(
                    Diagnostic::new(Code::MissingBinding, stage.span, message)
                        .also(binding.span, format!("`{}` is there", binding.name)),
                );
                continue;
            };
            let Some(group) = scene.layout(*group) else { continue };
            let Some(row) = group.entries.iter().find(|row| row.binding == binding.binding) else {
                let label = format!("`{}` at {place}", binding.name);
                // Several that one layout lacks are one mistake: it is the wrong layout, or an unfinished one.
                if let Some(&at) = lacking.get(&binding.group)
                    && let Some(first) = diagnostics.get_mut(at)
                {
                    if first.secondary.iter().all(|known| known.span != binding.span) {
                        first.secondary.push(Label { span: binding.span, message: label });
                    }
                    continue;
                }
                lacking.insert(binding.group, diagnostics.len());
                let message = format!("`#bindGroupLayout {}` has no binding {}", group.named.name, binding.binding);
                let diagnostic = Diagnostic::new(Code::MissingBinding, group.named.span, message);
                diagnostics.push(diagnostic.also(binding.span, label));
                continue;
            };
            let bit = match entry.stage {
                reflect::Stage::Vertex => 1,
                reflect::Stage::Fragment => 2,
                reflect::Stage::Compute => 4,
            };
            if row.visibility & bit == 0 {
                let message = format!("binding {} is not visible to the {} stage", row.binding, entry.stage.as_str());
                let help = format!("add {} to its `visibility`", entry.stage.as_str().to_uppercase());
                diagnostics.push(
                    Diagnostic::new(Code::BindingKind, row.span, message).also(binding.span, "used by this stage").help(help),
                );
            }
            if let Some(mismatch) = kind_mismatch(&row.kind, &binding.resource) {
                diagnostics.push(
                    Diagnostic::new(Code::BindingKind, row.span, mismatch)
                        .also(binding.span, format!("`{}` is declared here", binding.name)),
                );
            }
        }
    }
}

/// A sampler that filters is used with textures that can be filtered only. Source: WebGPU, 10.1.2 "validating GPUProgrammableStage".
fn sampled_pairs(scene: &Scene, layout: &PipelineLayout, module: &Module, entry: &EntryPoint, diagnostics: &mut Vec<Diagnostic>) {
    let row = |binding: &reflect::Binding| {
        let group = layout.groups.get(binding.group as usize)?;
        let row = scene.layout(*group)?.entries.iter().find(|row| row.binding == binding.binding)?;
        // A row of another kind is reported.
        kind_mismatch(&row.kind, &binding.resource).is_none().then_some(row)
    };
    for &(texture, sampler) in entry.sampled.iter().filter(|_| entry.knows_sampled) {
        let (Some(texture), Some(sampler)) = (module.bindings.get(texture), module.bindings.get(sampler)) else { continue };
        let (Some(texture_row), Some(sampler_row)) = (row(texture), row(sampler)) else { continue };
        let (LayoutKind::Texture { sample, .. }, LayoutKind::Sampler { ty }) = (&texture_row.kind, &sampler_row.kind) else {
            continue;
        };
        if *ty != SamplerBindingType::Filtering || *sample == TextureSampleType::Float {
            continue;
        }
        let article = if *sample == TextureSampleType::UnfilterableFloat { "an" } else { "a" };
        let message = format!(
            "`{}`, {article} {} texture, is used with `{}`, a filtering sampler",
            texture.name,
            sample.text(),
            sampler.name
        );
        let at = |span, other, words| Diagnostic::new(Code::FilteringSampler, span, message.clone()).also(other, words);
        // What a variable of floats is for is the layout's choice; of others it is the sampler that is wrong.
        let diagnostic = if *sample == TextureSampleType::UnfilterableFloat {
            at(texture_row.span, sampler_row.span, "the layout's sampler")
                .help("write `sampleType=float`, or `type=non-filtering` for the sampler")
        } else {
            at(sampler_row.span, texture_row.span, "the layout's texture").help("write `sampler={ type=non-filtering }`")
        };
        diagnostics.push(diagnostic.also(entry.span, "used together here"));
    }
}

/// A least size that a layout promises holds what the shader has; 0 promises nothing.
fn too_small(promised: u32, needed: u32) -> Option<String> {
    (promised != 0 && promised < needed)
        .then(|| format!("the layout has a `minBindingSize` of {promised}, the shader needs {needed}"))
}

/// What is wrong between a layout entry and a shader's variable.
pub fn kind_mismatch(kind: &LayoutKind, resource: &reflect::Resource) -> Option<String> {
    use reflect::Resource as R;
    let wrong = |what: &str, wanted: String| Some(format!("the layout has {what}, the shader {wanted}"));
    match (kind, resource) {
        (LayoutKind::Buffer { ty, min_size, .. }, R::Uniform(block)) => {
            if *ty != BufferBindingType::Uniform {
                return Some(format!("the layout has a {} buffer, the shader a uniform one", ty.text()));
            }
            too_small(*min_size, block.min_size)
        }
        (LayoutKind::Buffer { ty, min_size, .. }, R::Storage { is_writable, block, .. }) => {
            let wanted = if *is_writable { BufferBindingType::Storage } else { BufferBindingType::ReadOnlyStorage };
            if *ty != wanted {
                return Some(format!("the layout has a {} buffer, the shader a {} one", ty.text(), wanted.text()));
            }
            too_small(*min_size, block.min_size)
        }
        (LayoutKind::Sampler { ty }, R::Sampler { is_comparison }) => ((*ty == SamplerBindingType::Comparison) != *is_comparison)
            .then(|| {
                format!(
                    "the layout has a {} sampler, the shader {}",
                    ty.text(),
                    if *is_comparison { "sampler_comparison" } else { "sampler" }
                )
            }),
        (
            LayoutKind::Texture { sample, dimension, multisampled },
            R::Texture { dimension: wanted, sample: kind, is_multisampled },
        ) => {
            let fits = match kind {
                reflect::Sample::Float => matches!(sample, TextureSampleType::Float | TextureSampleType::UnfilterableFloat),
                reflect::Sample::Depth => *sample == TextureSampleType::Depth,
                reflect::Sample::Sint => *sample == TextureSampleType::Sint,
                reflect::Sample::Uint => *sample == TextureSampleType::Uint,
            };
            if !fits {
                return wrong(&format!("a {} texture", sample.text()), format!("one of {kind:?}").to_lowercase());
            }
            if dimension != wanted {
                return wrong(&format!("a {} texture", dimension.text()), format!("a {} one", wanted.text()));
            }
            (multisampled != is_multisampled).then(|| "only one of layout and shader is multisampled".to_string())
        }
        (LayoutKind::StorageTexture { format, access, dimension }, R::StorageTexture { dimension: d, format: f, access: a }) => {
            if *format != Format::Texture(*f) {
                return wrong(&format!("a storage texture of {}", format.text()), format!("one of {}", f.text()));
            }
            // What can be read and written can be written. Source: WebGPU, 10.1.2 "validating shader binding".
            if access != a && (*access, *a) != (StorageTextureAccess::ReadWrite, StorageTextureAccess::WriteOnly) {
                return wrong(&format!("{} access", access.text()), a.text().to_string());
            }
            (dimension != d).then(|| format!("the layout has a {} texture, the shader a {} one", dimension.text(), d.text()))
        }
        (LayoutKind::ExternalTexture, R::ExternalTexture) => None,
        (kind, resource) => {
            let layout = match kind {
                LayoutKind::Buffer { .. } => "a buffer",
                LayoutKind::Sampler { .. } => "a sampler",
                LayoutKind::Texture { .. } => "a texture",
                LayoutKind::StorageTexture { .. } => "a storage texture",
                LayoutKind::ExternalTexture => "an external texture",
            };
            wrong(layout, resource_name(resource).to_string())
        }
    }
}
