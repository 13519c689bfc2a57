//! Automatic layouts: what the stages of a pipeline use, put together. Source: WebGPU, 10.1.1 "Default pipeline layout".

use super::pipelines::entry;
use crate::diag::{Code, Diagnostic};
use crate::scene::*;
use crate::shader::reflect::{Binding, EntryPoint, Module, Resource, Sample, Stage as ShaderStage};
use crate::source::Span;
use pngine_format::op::CANVAS_TEXTURE;
use pngine_format::word::Word;
use std::collections::BTreeSet;

/// `GPUShaderStage` bits.
const VERTEX: u32 = 1;
const FRAGMENT: u32 = 2;
pub const COMPUTE: u32 = 4;

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
    /// The stages that use it, `GPUShaderStage` bits.
    pub visibility: u32,
    /// Whether stages ask for different things that one entry serves: the larger size, or a texture that can be filtered.
    pub is_merged: bool,
}

impl Used {
    /// What one stage has: a buffer, or anything that nothing samples.
    pub fn of_one_stage(binding: Binding, visibility: u32) -> Self {
        Self { binding, sampled: false, unfilterable: None, is_disputed: false, visibility, is_merged: false }
    }
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
    let stage = match entry.stage {
        ShaderStage::Vertex => VERTEX,
        ShaderStage::Fragment => FRAGMENT,
        ShaderStage::Compute => COMPUTE,
    };
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
                known.visibility |= stage;
                known.is_merged |= known.sampled != sampled
                    || known.unfilterable.is_some() != unfilterable.is_some()
                    || min_size(&known.binding.resource) != min_size(&binding.resource);
                known.sampled |= sampled;
                known.unfilterable = known.unfilterable.take().or(unfilterable);
                if !agree(&known.binding.resource, &binding.resource) {
                    known.is_disputed = true;
                } else if min_size(&binding.resource) > min_size(&known.binding.resource) {
                    known.binding = binding.clone();
                }
            }
            None => {
                used.push(Used { sampled, unfilterable, ..Used::of_one_stage(binding.clone(), stage) });
            }
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

/// The entry of an automatic layout.
fn layout_entry(used: &Used) -> LayoutEntry {
    let kind = match &used.binding.resource {
        Resource::Uniform(block) => LayoutKind::Buffer { ty: Word::of("uniform"), dynamic: false, min_size: block.min_size },
        Resource::Storage { is_writable, block } => {
            let ty = Word::of(if *is_writable { "storage" } else { "read-only-storage" });
            LayoutKind::Buffer { ty, dynamic: false, min_size: block.min_size }
        }
        Resource::Sampler { is_comparison } => LayoutKind::Sampler {
            ty: Word::of(match (is_comparison, &used.unfilterable) {
                (true, _) => "comparison",
                (false, Some(_)) => "non-filtering",
                (false, None) => "filtering",
            }),
        },
        Resource::Texture { dimension, sample, is_multisampled } => LayoutKind::Texture {
            sample: Word::of(match sample {
                Sample::Float if used.sampled => "float",
                Sample::Float => "unfilterable-float",
                Sample::Depth => "depth",
                Sample::Sint => "sint",
                Sample::Uint => "uint",
            }),
            dimension: *dimension,
            multisampled: *is_multisampled,
        },
        Resource::StorageTexture { dimension, format, access } => {
            LayoutKind::StorageTexture { format: *format, access: *access, dimension: *dimension }
        }
        Resource::ExternalTexture => LayoutKind::ExternalTexture,
    };
    LayoutEntry { span: used.binding.span, binding: used.binding.binding, visibility: used.visibility, kind }
}

/// Writes out the automatic layouts of pipelines whose stages ask for different things at one binding: WebGPU merges them, and wgpu
/// 30 makes automatic layouts only of what is the same in both stages. Of a scene without errors.
pub fn write_out_merged(scene: &mut Scene) {
    for index in 0..scene.render_pipelines.len() {
        let id = PipelineId::Render(RenderPipelineId(index));
        let Some(pipeline) = scene.render_pipelines[index].as_ref().filter(|pipeline| pipeline.layout.is_none()) else {
            continue;
        };
        let named = pipeline.named.clone();
        let Some(last) = used_groups(scene, id).and_then(|groups| groups.last().copied()) else { continue };
        let Some(groups) = (0..=last).map(|group| used_bindings(scene, id, group)).collect::<Option<Vec<_>>>() else { continue };
        // Ids of layouts have 16 bits; where they are used up, browsers still play the scene.
        let ids = scene.layouts.len() + groups.len() + scene.groups.len() + scene.inits.len();
        if !groups.iter().flatten().any(|used| used.is_merged) || ids >= usize::from(CANVAS_TEXTURE) {
            continue;
        }
        let first = scene.layouts.len();
        scene.layouts.extend((0..).zip(&groups).map(|(group, used): (u32, _)| {
            let name = format!("{} group {group}", named.name);
            Some(Layout { named: Named { name, span: named.span }, entries: used.iter().map(layout_entry).collect() })
        }));
        let layouts = (first..scene.layouts.len()).map(LayoutId).collect();
        scene.pipeline_layouts.push(Some(PipelineLayout { named, groups: layouts }));
        let layout = PipelineLayoutId(scene.pipeline_layouts.len() - 1);
        if let Some(pipeline) = &mut scene.render_pipelines[index] {
            pipeline.layout = Some(layout);
        }
        for group in scene.groups.iter_mut().flatten() {
            if let GroupLayout::Auto(pipeline, slot) = group.layout
                && pipeline == id
                && slot <= last
            {
                group.layout = GroupLayout::Explicit(LayoutId(first + slot as usize));
            }
        }
    }
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
