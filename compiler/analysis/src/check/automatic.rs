//! Automatic layouts: what the stages of a pipeline use, put together. Source: WebGPU, 10.1.1 "Default pipeline layout".

use super::Scene;
use pngine_scene::uses::{agree, entry, type_of};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::reflect::{Binding, EntryPoint};
use std::collections::BTreeSet;

/// Stages that cannot share a layout, because they have different things at one binding.
pub fn disputes(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut reported: BTreeSet<(Span, Span)> = BTreeSet::new();
    for (index, pipeline) in scene.render_pipelines.iter().enumerate() {
        let Some(pipeline) = pipeline.as_ref().filter(|pipeline| pipeline.layout.is_none()) else { continue };
        let Some((_, vertex)) = entry(scene, &pipeline.vertex) else { continue };
        let Some((_, fragment)) = pipeline.fragment.as_ref().and_then(|stage| entry(scene, stage)) else { continue };
        let stages = scene.stages(PipelineId::Render(RenderPipelineId(index)));
        let [first, second] = stages.as_slice() else { continue };
        let of = |stage: &Stage, entry: &EntryPoint| -> Vec<Binding> {
            let module = scene.shaders[stage.shader.0].module.as_ref();
            entry.bindings.iter().filter_map(|index| module?.bindings.get(*index).cloned()).collect()
        };
        let seen = of(first, vertex);
        for binding in of(second, fragment) {
            let place = (binding.group, binding.binding);
            let Some(other) = seen.iter().find(|other| (other.group, other.binding) == place) else { continue };
            if agree(&other.resource, &binding.resource) || !reported.insert((other.span, binding.span)) {
                continue;
            }
            let message = format!(
                "the vertex and fragment stages of `{}` disagree about group {}, binding {}",
                pipeline.named.name, binding.group, binding.binding
            );
            diagnostics.push(
                Diagnostic::new(Code::BindingDisputed, binding.span, message)
                    .label(format!("the fragment stage has {} here", type_of(&binding.resource)))
                    .also(other.span, format!("the vertex stage has {} here", type_of(&other.resource)))
                    .also(pipeline.named.span, "its layout has one entry for both")
                    .help("give one of them another `@binding`"),
            );
        }
    }
}
