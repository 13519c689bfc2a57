//! Automatic layouts: what the stages of a pipeline use, put together. Source: WebGPU, 10.1.1 "Default pipeline layout".

use super::pipelines::entry;
use crate::diag::{Code, Diagnostic};
use crate::scene::*;
use crate::shader::reflect::{Binding, EntryPoint, Module, Resource, Sample};
use crate::source::Span;
use std::collections::BTreeSet;

/// A binding that some stage of a pipeline uses.
#[derive(Clone)]
pub struct Used {
    /// The variable; of several stages that of the first, with the larger size.
    pub binding: Binding,
    /// Whether a texture is used together with a sampler.
    pub sampled: bool,
    /// A texture that cannot be filtered and that this sampler is used with: the layout's sampler is a non-filtering one.
    pub unfilterable: Option<Binding>,
    /// Whether stages disagree about it, which is reported: nothing can be said of what is bound.
    pub is_disputed: bool,
}

/// What a shader's variable is, as WGSL calls it where that is short.
pub fn type_of(resource: &Resource) -> String {
    match resource {
        Resource::Uniform(_) => "a uniform buffer".to_string(),
        Resource::Storage { is_writable: true, .. } => "a storage buffer that can be written".to_string(),
        Resource::Storage { is_writable: false, .. } => "a read-only storage buffer".to_string(),
        Resource::Sampler { is_comparison: true } => "a `sampler_comparison`".to_string(),
        Resource::Sampler { is_comparison: false } => "a `sampler`".to_string(),
        Resource::Texture { dimension, sample, is_multisampled } => {
            let (multisampled, dimension) =
                (if *is_multisampled { "multisampled_" } else { "" }, dimension.text().replace('-', "_"));
            match sample {
                Sample::Depth => format!("a `texture_depth_{multisampled}{dimension}`"),
                Sample::Float => format!("a `texture_{multisampled}{dimension}<f32>`"),
                Sample::Sint => format!("a `texture_{multisampled}{dimension}<i32>`"),
                Sample::Uint => format!("a `texture_{multisampled}{dimension}<u32>`"),
            }
        }
        Resource::StorageTexture { dimension, format, access } => {
            let access = match access.text() {
                "read-only" => "read",
                "write-only" => "write",
                _ => "read_write",
            };
            format!("a `texture_storage_{}<{}, {access}>`", dimension.text().replace('-', "_"), format.text())
        }
        Resource::ExternalTexture => "a `texture_external`".to_string(),
    }
}

/// Whether one entry of a layout serves two variables: all but the size of a buffer is the same.
fn agree(a: &Resource, b: &Resource) -> bool {
    match (a, b) {
        (Resource::Uniform(_), Resource::Uniform(_)) => true,
        (Resource::Storage { is_writable: a, .. }, Resource::Storage { is_writable: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// The bytes of a buffer variable.
fn min_size(resource: &Resource) -> Option<u32> {
    match resource {
        Resource::Uniform(block) | Resource::Storage { block, .. } => Some(block.min_size),
        Resource::Sampler { .. } | Resource::Texture { .. } | Resource::StorageTexture { .. } | Resource::ExternalTexture => None,
    }
}

/// The texture of a pair of texture and sampler that only a sampler without filters may read. Comparison samplers are another kind.
/// Source: WebGPU, 10.1.2 "validating GPUProgrammableStage".
pub fn unfilterable_pair(module: &Module, (texture, sampler): (usize, usize)) -> Option<&Binding> {
    let (texture, sampler) = (module.bindings.get(texture)?, module.bindings.get(sampler)?);
    let is_plain = matches!(sampler.resource, Resource::Sampler { is_comparison: false });
    let cannot = matches!(texture.resource, Resource::Texture { sample: Sample::Depth | Sample::Sint | Sample::Uint, .. });
    (is_plain && cannot).then_some(texture)
}

/// Adds what one stage uses of a group.
fn add(used: &mut Vec<Used>, module: &Module, entry: &EntryPoint, group: u32) {
    for &index in &entry.bindings {
        let binding = &module.bindings[index];
        if binding.group != group {
            continue;
        }
        let sampled = entry.sampled.iter().any(|(texture, _)| *texture == index);
        let pairs = entry.sampled.iter().filter(|(_, sampler)| *sampler == index && entry.knows_sampled);
        let unfilterable = pairs.filter_map(|pair| unfilterable_pair(module, *pair)).next().cloned();
        match used.iter_mut().find(|known| known.binding.binding == binding.binding) {
            Some(known) => {
                known.sampled |= sampled;
                known.unfilterable = known.unfilterable.take().or(unfilterable);
                if !agree(&known.binding.resource, &binding.resource) {
                    known.is_disputed = true;
                } else if min_size(&binding.resource) > min_size(&known.binding.resource) {
                    known.binding = binding.clone();
                }
            }
            None => used.push(Used { binding: binding.clone(), sampled, unfilterable, is_disputed: false }),
        }
    }
}

/// The bindings of one group that the stages of a pipeline use; `None` if a stage could not be reflected.
pub fn used_bindings(scene: &Scene, pipeline: PipelineId, group: u32) -> Option<Vec<Used>> {
    let stages = scene.stages(pipeline);
    if stages.is_empty() {
        return None;
    }
    let mut used: Vec<Used> = Vec::new();
    for stage in stages {
        let (module, entry) = entry(scene, stage)?;
        add(&mut used, module, entry, group);
    }
    Some(used)
}

/// The groups that the stages of a pipeline use something of; `None` if a stage could not be reflected.
pub fn used_groups(scene: &Scene, pipeline: PipelineId) -> Option<BTreeSet<u32>> {
    let mut groups = BTreeSet::new();
    for stage in scene.stages(pipeline) {
        let (module, entry) = entry(scene, stage)?;
        groups.extend(entry.bindings.iter().map(|&index| module.bindings[index].group));
    }
    Some(groups)
}

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
