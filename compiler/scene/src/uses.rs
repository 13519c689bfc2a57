//! What shaders use of bindings and groups.

use super::*;
use pngine_source::source::Span;
use pngine_wgsl::reflect::{Binding, EntryPoint, Module, Resource as Variable, Sample, Stage as ShaderStage};
use std::collections::{BTreeMap, BTreeSet};

/// The reflected module and entry point of a stage.
pub fn entry<'s, S: State>(scene: &'s Scene<S>, stage: &Stage) -> Option<(&'s Module, &'s EntryPoint)> {
    let module = scene.shaders[stage.shader.0].module.as_ref()?;
    Some((module, module.entry_point(&stage.entry)?))
}

/// `VERTEX` of the `GPUShaderStage` bits.
pub const VERTEX: u32 = 1;
/// `FRAGMENT` of them.
pub const FRAGMENT: u32 = 2;
/// `COMPUTE` of them.
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

/// What a layout says of a texture that a shader has for this: whether it is sampled with a sampler decides about floats.
pub const fn sample_type(sample: Sample, sampled: bool) -> TextureSampleType {
    match sample {
        Sample::Float if sampled => TextureSampleType::Float,
        Sample::Float => TextureSampleType::UnfilterableFloat,
        Sample::Depth => TextureSampleType::Depth,
        Sample::Sint => TextureSampleType::Sint,
        Sample::Uint => TextureSampleType::Uint,
    }
}

/// What a shader's variable is, as WGSL calls it where that is short.
pub fn type_of(resource: &Variable) -> String {
    match resource {
        Variable::Uniform(_) => "a uniform buffer".to_string(),
        Variable::Storage { is_writable: true, .. } => "a storage buffer that can be written".to_string(),
        Variable::Storage { is_writable: false, .. } => "a read-only storage buffer".to_string(),
        Variable::Sampler { is_comparison: true } => "a `sampler_comparison`".to_string(),
        Variable::Sampler { is_comparison: false } => "a `sampler`".to_string(),
        Variable::Texture { dimension, sample, is_multisampled } => {
            let (multisampled, dimension) =
                (if *is_multisampled { "multisampled_" } else { "" }, dimension.text().replace('-', "_"));
            match sample {
                Sample::Depth => format!("a `texture_depth_{multisampled}{dimension}`"),
                Sample::Float => format!("a `texture_{multisampled}{dimension}<f32>`"),
                Sample::Sint => format!("a `texture_{multisampled}{dimension}<i32>`"),
                Sample::Uint => format!("a `texture_{multisampled}{dimension}<u32>`"),
            }
        }
        Variable::StorageTexture { dimension, format, access } => {
            let access = match access {
                StorageTextureAccess::ReadOnly => "read",
                StorageTextureAccess::WriteOnly => "write",
                StorageTextureAccess::ReadWrite => "read_write",
            };
            format!("a `texture_storage_{}<{}, {access}>`", dimension.text().replace('-', "_"), format.text())
        }
        Variable::ExternalTexture => "a `texture_external`".to_string(),
    }
}

/// Whether one entry of a layout serves two variables: all but the size of a buffer is the same.
pub fn agree(a: &Variable, b: &Variable) -> bool {
    match (a, b) {
        (Variable::Uniform(_), Variable::Uniform(_)) => true,
        (Variable::Storage { is_writable: a, .. }, Variable::Storage { is_writable: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// The bytes of a buffer variable.
fn min_size(resource: &Variable) -> Option<u32> {
    match resource {
        Variable::Uniform(block) | Variable::Storage { block, .. } => Some(block.min_size),
        Variable::Sampler { .. } | Variable::Texture { .. } | Variable::StorageTexture { .. } | Variable::ExternalTexture => None,
    }
}

/// The texture of a pair of texture and sampler that only a sampler without filters may read. Comparison samplers are another kind.
/// Source: WebGPU, 10.1.2 "validating GPUProgrammableStage".
pub fn unfilterable_pair(module: &Module, (texture, sampler): (usize, usize)) -> Option<&Binding> {
    let (texture, sampler) = (module.bindings.get(texture)?, module.bindings.get(sampler)?);
    let is_plain = matches!(sampler.resource, Variable::Sampler { is_comparison: false });
    let cannot = matches!(texture.resource, Variable::Texture { sample: Sample::Depth | Sample::Sint | Sample::Uint, .. });
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
pub fn used_bindings<S: State>(scene: &Scene<S>, pipeline: PipelineId, group: u32) -> Option<Vec<Used>> {
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
pub fn used_groups<S: State>(scene: &Scene<S>, pipeline: PipelineId) -> Option<BTreeSet<u32>> {
    let mut groups = BTreeSet::new();
    for stage in scene.stages(pipeline) {
        let (module, entry) = entry(scene, stage)?;
        groups.extend(entry.bindings.iter().map(|&index| module.bindings[index].group));
    }
    Some(groups)
}

/// For every bind group the pipelines that draw or dispatch while it is set, and at which index.
pub fn set_places<S: State>(scene: &Scene<S>) -> BTreeMap<GroupId, BTreeSet<(PipelineId, u32)>> {
    let bundles = scene.all_bundles().map(|bundle| &bundle.commands);
    let passes = scene.all_render_passes().map(|pass| &pass.commands);
    let computes = scene.all_compute_passes().map(|pass| &pass.commands);
    let mut places: BTreeMap<GroupId, BTreeSet<(PipelineId, u32)>> = BTreeMap::new();
    for commands in bundles.chain(passes).chain(computes) {
        let (mut pipeline, mut bound, mut changed) = (None, BTreeMap::new(), false);
        for command in commands {
            match &command.value {
                PassCommand::SetPipeline(id) => (pipeline, changed) = (Some(*id), true),
                PassCommand::SetBindGroup(group) => {
                    bound.insert(group.slot, group.group);
                    changed = true;
                }
                PassCommand::ExecuteBundles(_) => {
                    bound.clear();
                    pipeline = None;
                }
                command if command.is_work() && changed => {
                    changed = false;
                    for (slot, group) in &bound {
                        places.entry(*group).or_default().extend(pipeline.map(|pipeline| (pipeline, *slot)));
                    }
                }
                _ => {}
            }
        }
    }
    places
}

/// A bind group with an automatic layout, and what the shaders use of that.
pub struct AutomaticGroup {
    /// Which.
    pub group: GroupId,
    /// Whose layout it has.
    pub pipeline: PipelineId,
    /// At which index of the pipeline.
    pub slot: u32,
    /// What the layout has a place for.
    pub used: Vec<Used>,
}

/// The bind groups whose automatic layouts can be told. One that is set for another group of its pipeline, and not for its own, is left
/// out: it holds what that group has.
pub fn automatic_groups<S: State>(scene: &Scene<S>) -> Vec<AutomaticGroup> {
    let places = set_places(scene);
    let automatic = |group: GroupId| {
        let GroupLayout::Auto(pipeline, slot) = *scene.group(group)?.layout else { return None };
        let places = places.get(&group).into_iter().flatten().filter(|(of, _)| *of == pipeline);
        let set_at: BTreeSet<u32> = places.map(|(_, slot)| *slot).collect();
        if !set_at.contains(&slot) && set_at.iter().any(|slot| uses_group(scene, pipeline, *slot)) {
            return None;
        }
        Some(AutomaticGroup { group, pipeline, slot, used: used_bindings(scene, pipeline, slot)? })
    };
    (0..scene.groups.len()).filter_map(|group| automatic(GroupId(group))).collect()
}

/// What a shader's variable is, in words.
pub fn resource_name(resource: &Variable) -> &'static str {
    match resource {
        Variable::Uniform(_) => "a uniform buffer",
        Variable::Storage { .. } => "a storage buffer",
        Variable::Sampler { .. } => "a sampler",
        Variable::Texture { .. } => "a texture",
        Variable::StorageTexture { .. } => "a storage texture",
        Variable::ExternalTexture => "an external texture",
    }
}

/// A variable of a group that a pipeline uses: its name, and where it is declared.
pub fn variable_of<S: State>(scene: &Scene<S>, pipeline: PipelineId, group: u32) -> Option<(String, Span)> {
    let used = used_bindings(scene, pipeline, group)?;
    used.into_iter().next().map(|used| (used.binding.name.clone(), used.binding.span))
}

/// Whether a pipeline uses any binding of a group; `false` if that cannot be told.
pub fn uses_group<S: State>(scene: &Scene<S>, pipeline: PipelineId, group: u32) -> bool {
    used_bindings(scene, pipeline, group).is_some_and(|used| !used.is_empty())
}

/// Whether the layout of a pipeline has a place for a group; `true` if that cannot be told.
pub fn has_group<S: State>(scene: &Scene<S>, pipeline: PipelineId, group: u32) -> bool {
    match scene.pipeline_layout(pipeline) {
        None => true,
        Some(None) => uses_group(scene, pipeline, group),
        Some(Some(layout)) => scene.group_layouts(layout).is_none_or(|layout| layout.groups.len() > group as usize),
    }
}

/// How what a group binds is used; `None` for samplers, for what does not fit its binding, and for what cannot be told.
pub fn access_of<S: State>(scene: &Scene<S>, group: &Group, entry: &Entry) -> Option<Access> {
    let is_buffer = matches!(entry.resource, Resource::Buffer { .. });
    let (wants_buffer, writes) = match *group.layout {
        GroupLayout::Auto(pipeline, number) => {
            let used = used_bindings(scene, pipeline, number)?;
            match &used.iter().find(|used| used.binding.binding == entry.binding)?.binding.resource {
                Variable::Storage { is_writable, .. } => (true, *is_writable),
                Variable::Uniform(_) => (true, false),
                Variable::StorageTexture { access, .. } => (false, *access != StorageTextureAccess::ReadOnly),
                Variable::Texture { .. } => (false, false),
                Variable::Sampler { .. } | Variable::ExternalTexture => return None,
            }
        }
        GroupLayout::Explicit(layout) => {
            let row = scene.layout(layout)?.entries.iter().find(|row| row.binding == entry.binding)?;
            match &row.kind {
                LayoutKind::Buffer { ty, .. } => (true, *ty == BufferBindingType::Storage),
                LayoutKind::StorageTexture { access, .. } => (false, *access != StorageTextureAccess::ReadOnly),
                LayoutKind::Texture { .. } => (false, false),
                LayoutKind::Sampler { .. } | LayoutKind::ExternalTexture => return None,
            }
        }
    };
    (wants_buffer == is_buffer).then_some(if writes { Access::Write } else { Access::Read })
}

/// How something is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read only.
    Read,
    /// Written, and perhaps read.
    Write,
}
