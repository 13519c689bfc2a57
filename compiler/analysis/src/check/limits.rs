//! What one shader stage may have: bindings, workgroup sizes, kinds of access.

use super::Scene;
use super::pipelines::constants;
use pngine_format::op::SHADER_STAGES;
use pngine_format::webgpu::Format;
use pngine_format::word::{BufferBindingType, StorageTextureAccess};
use pngine_scene::uses::entry;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, at_most};
use pngine_wgsl::device::{Device, Limit};
use pngine_wgsl::reflect::{EntryPoint, Module, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// Buffers with dynamic offset that a pipeline layout may have. Source: WebGPU, section 3.6.2 "Limits".
const MAX_DYNAMIC: [(&str, &[BufferBindingType], Limit); 2] = [
    ("uniform", &[BufferBindingType::Uniform], Limit::MaxDynamicUniformBuffersPerPipelineLayout),
    (
        "storage",
        &[BufferBindingType::Storage, BufferBindingType::ReadOnlyStorage],
        Limit::MaxDynamicStorageBuffersPerPipelineLayout,
    ),
];

/// What a stage may have only so many of, and what one binding counts for. Source: WebGPU, 8.1.3 "exceeds the binding slot limits".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slots {
    Uniform,
    Storage,
    Sampler,
    Texture,
    StorageTexture,
}

impl Slots {
    const fn text(self) -> &'static str {
        match self {
            Self::Uniform => "uniform buffers",
            Self::Storage => "storage buffers",
            Self::Sampler => "samplers",
            Self::Texture => "textures",
            Self::StorageTexture => "storage textures",
        }
    }

    /// The limit of it that is raised.
    const fn limit(self) -> Limit {
        match self {
            Self::Uniform => Limit::MaxUniformBuffersPerShaderStage,
            Self::Storage => Limit::MaxStorageBuffersPerShaderStage,
            Self::Sampler => Limit::MaxSamplersPerShaderStage,
            Self::Texture => Limit::MaxSampledTexturesPerShaderStage,
            Self::StorageTexture => Limit::MaxStorageTexturesPerShaderStage,
        }
    }

    /// How many a stage may have. The limits of vertex and fragment stages are those of all stages, unless a device is asked for in
    /// compatibility mode. Source: WebGPU, 4.2 "a new device".
    fn most(self, device: &Device) -> u64 {
        let largest = |limits: [Limit; 3]| limits.into_iter().map(|limit| device.limit(limit)).max().unwrap_or(0);
        match self {
            Self::Uniform => device.limit(Limit::MaxUniformBuffersPerShaderStage),
            Self::Storage => largest([
                Limit::MaxStorageBuffersPerShaderStage,
                Limit::MaxStorageBuffersInVertexStage,
                Limit::MaxStorageBuffersInFragmentStage,
            ]),
            Self::Sampler => device.limit(Limit::MaxSamplersPerShaderStage),
            Self::Texture => device.limit(Limit::MaxSampledTexturesPerShaderStage),
            Self::StorageTexture => largest([
                Limit::MaxStorageTexturesPerShaderStage,
                Limit::MaxStorageTexturesInVertexStage,
                Limit::MaxStorageTexturesInFragmentStage,
            ]),
        }
    }
}

/// An external texture counts as what it is made of.
const OF_EXTERNAL: &[(Slots, u64)] = &[(Slots::Texture, 4), (Slots::Sampler, 1), (Slots::Uniform, 1)];

fn slots_of(resource: &Resource) -> &'static [(Slots, u64)] {
    match resource {
        Resource::Uniform(_) => &[(Slots::Uniform, 1)],
        Resource::Storage { .. } => &[(Slots::Storage, 1)],
        Resource::Sampler { .. } => &[(Slots::Sampler, 1)],
        Resource::Texture { .. } => &[(Slots::Texture, 1)],
        Resource::StorageTexture { .. } => &[(Slots::StorageTexture, 1)],
        Resource::ExternalTexture => OF_EXTERNAL,
    }
}

fn slots_of_row(kind: &LayoutKind) -> &'static [(Slots, u64)] {
    match kind {
        LayoutKind::Buffer { ty: BufferBindingType::Uniform, .. } => &[(Slots::Uniform, 1)],
        LayoutKind::Buffer { ty: BufferBindingType::Storage | BufferBindingType::ReadOnlyStorage, .. } => &[(Slots::Storage, 1)],
        LayoutKind::Sampler { .. } => &[(Slots::Sampler, 1)],
        LayoutKind::Texture { .. } => &[(Slots::Texture, 1)],
        LayoutKind::StorageTexture { .. } => &[(Slots::StorageTexture, 1)],
        LayoutKind::ExternalTexture => OF_EXTERNAL,
    }
}

/// What is beyond a limit in the layouts of a pipeline, or in one: the first row that is, the stage, the kind, how many there are and
/// how many there may be. A kind that is too much for two stages is told of one.
fn beyond<'l>(layouts: &[&'l Layout], device: &Device) -> Vec<(&'l LayoutEntry, &'static str, Slots, u64, u64)> {
    let mut out: Vec<(&LayoutEntry, &'static str, Slots, u64, u64)> = Vec::new();
    for (name, bit) in SHADER_STAGES {
        let mut counts: BTreeMap<Slots, (u64, Option<&LayoutEntry>)> = BTreeMap::new();
        for row in layouts.iter().flat_map(|layout| &layout.entries).filter(|row| row.visibility & bit != 0) {
            for (slots, number) in slots_of_row(&row.kind) {
                let (count, first) = counts.entry(*slots).or_default();
                *count += number;
                if *count > slots.most(device) && first.is_none() {
                    *first = Some(row);
                }
            }
        }
        for (slots, (count, first)) in counts {
            if let Some(row) = first
                && !out.iter().any(|(_, _, told, ..)| *told == slots)
            {
                out.push((row, name, slots, count, slots.most(device)));
            }
        }
    }
    out
}

/// A limit that no device reaches makes a scene that no host plays.
pub fn beyond_devices(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for (limit, (asked, span)) in &scene.device.limits {
        if *asked > limit.ceiling() {
            let message = format!("no device has a `{}` of {asked}", limit.name());
            diagnostics.push(
                Diagnostic::new(Code::LimitNowhere, *span, message)
                    .label("no host will play this scene")
                    .help(format!("every device has {}; ask for what the scene needs", limit.default())),
            );
        }
    }
}

/// Layouts count what they have, used or not: each by itself, and those of a pipeline together.
/// Source: WebGPU, 8.1.4 `createBindGroupLayout`, 8.3.1 `createPipelineLayout`.
pub fn layout_slots(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut full: BTreeSet<(usize, Slots)> = BTreeSet::new();
    for (index, layout) in scene.layouts.iter().enumerate() {
        let Some(layout) = layout else { continue };
        for (row, stage, slots, count, most) in beyond(&[layout], &scene.device) {
            full.insert((index, slots));
            let message = at_most(
                format!("`{}` has {count} {} for the {} stage", layout.named.name, slots.text(), stage.to_lowercase()),
                most,
            );
            let diagnostic = Diagnostic::new(Code::TooMany, row.span, message).label("goes beyond that");
            diagnostics.push(scene.device.raise(diagnostic.also(layout.named.span, "the layout"), slots.limit(), count));
        }
    }
    for pipeline in scene.all_pipeline_layouts().filter(|pipeline| pipeline.groups.len() > 1) {
        let layouts: Vec<&Layout> = pipeline.groups.iter().filter_map(|id| scene.layout(*id)).collect();
        for (_, stage, slots, count, most) in beyond(&layouts, &scene.device) {
            if pipeline.groups.iter().any(|id| full.contains(&(id.0, slots))) {
                continue;
            }
            let message = at_most(
                format!("`{}` has {count} {} for the {} stage", pipeline.named.name, slots.text(), stage.to_lowercase()),
                most,
            );
            let diagnostic = Diagnostic::new(Code::TooMany, pipeline.named.span, message).help("its groups count together");
            diagnostics.push(scene.device.raise(diagnostic, slots.limit(), count));
        }
    }
}

/// Layouts, each by itself and those of a pipeline together, against the limits of buffers with dynamic offset.
pub fn dynamic_buffers(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let count = |layout: &Layout, types: &[BufferBindingType]| {
        let is_counted = |entry: &&LayoutEntry| match &entry.kind {
            LayoutKind::Buffer { ty, dynamic, .. } => *dynamic && types.contains(ty),
            _ => false,
        };
        layout.entries.iter().filter(is_counted).count()
    };
    for (kind, types, of) in MAX_DYNAMIC {
        let limit = scene.device.limit32(of) as usize;
        let mut check = |layouts: &[&Layout], named: &Named| {
            let counts: Vec<usize> = layouts.iter().map(|layout| count(layout, types)).collect();
            let sum = counts.iter().sum::<usize>();
            // One that is too large by itself is reported there.
            if sum > limit && (layouts.len() == 1 || counts.iter().all(|count| *count <= limit)) {
                let message = at_most(format!("`{}` has {sum} {kind} buffers with dynamic offset", named.name), limit);
                let diagnostic = Diagnostic::new(Code::TooMany, named.span, message);
                diagnostics.push(scene.device.raise(diagnostic, of, sum as u64));
            }
        };
        for layout in scene.all_layouts() {
            check(&[layout], &layout.named);
        }
        for pipeline in scene.all_pipeline_layouts().filter(|pipeline| pipeline.groups.len() > 1) {
            let layouts: Vec<&Layout> = pipeline.groups.iter().filter_map(|id| scene.layout(*id)).collect();
            check(&layouts, &pipeline.named);
        }
    }
}

/// Every stage of every pipeline and `#init` against the limits of one stage.
pub fn stages(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pipeline in scene.all_render_pipelines() {
        stage(scene, &pipeline.vertex, pipeline.layout, diagnostics);
        if let Some(fragment) = &pipeline.fragment {
            stage(scene, fragment, pipeline.layout, diagnostics);
        }
    }
    for pipeline in scene.all_compute_pipelines() {
        stage(scene, &pipeline.compute, pipeline.layout, diagnostics);
    }
    for init in scene.all_inits() {
        constants(scene, &init.stage, diagnostics);
        stage(scene, &init.stage, None, diagnostics);
    }
}

fn stage(scene: &Scene, stage: &Stage, layout: PipelineLayoutRef, diagnostics: &mut Vec<Diagnostic>) {
    let Some((module, entry)) = entry(scene, stage) else { return };
    let device = &scene.device;
    let mut counts: BTreeMap<Slots, u64> = BTreeMap::new();
    for &index in &entry.bindings {
        let binding = &module.bindings[index];
        for (what, number, limit) in
            [("group", binding.group, Limit::MaxBindGroups), ("binding", binding.binding, Limit::MaxBindingsPerBindGroup)]
        {
            let most = device.limit32(limit);
            if number >= most {
                let message = format!("`{}` has {what} {number}, but the largest allowed is {}", binding.name, most - 1);
                let diagnostic = Diagnostic::new(Code::OutOfRange, binding.span, message);
                diagnostics.push(device.raise(diagnostic, limit, u64::from(number) + 1));
            }
        }
        // What a layout of the scene has is counted there.
        for (slots, number) in slots_of(&binding.resource).iter().filter(|_| layout.is_none()) {
            let (count, limit) = (counts.entry(*slots).or_default(), slots.most(device));
            let is_first = *count <= limit;
            *count += number;
            if *count > limit && is_first {
                let message = format!("`{}` uses more than {limit} {}", entry.name, slots.text());
                let diagnostic = Diagnostic::new(Code::TooMany, binding.span, message).label("one more than a stage may have");
                let all = entry.bindings.iter().flat_map(|&index| slots_of(&module.bindings[index].resource));
                let needed = all.filter(|(of, _)| of == slots).map(|(_, number)| number).sum();
                diagnostics.push(device.raise(diagnostic.also(entry.span, "the entry point"), slots.limit(), needed));
            }
        }
        if let Resource::StorageTexture { format, access, .. } = &binding.resource
            && *access != StorageTextureAccess::WriteOnly
            && !Format::Texture(*format).stores(*access, |feature| device.has(feature))
        {
            let access = access.text().trim_end_matches("-only").replace('-', "_");
            let message = format!("{} cannot be a storage texture with access {access}", format.text());
            let help = match access.as_str() {
                "read" => "bgra8unorm can only be written",
                _ => "r32float, r32uint and r32sint can; others can be read or written",
            };
            diagnostics.push(Diagnostic::new(Code::FormatCapability, binding.span, message).help(help));
        }
    }
    let values = module.override_values(stage.constants.iter().map(|(key, value)| (key.as_str(), *value)));
    workgroup_memory(device, module, entry, &values, diagnostics);
    let Some(size) = module.workgroup_size(entry, &values) else { return };
    let [x, y, z] = size;
    let most = device.limit(Limit::MaxComputeInvocationsPerWorkgroup);
    let sides = [Limit::MaxComputeWorkgroupSizeX, Limit::MaxComputeWorkgroupSizeY, Limit::MaxComputeWorkgroupSizeZ];
    let [x_limit, y_limit, z_limit] = sides.map(|limit| device.limit32(limit));
    let invocations = size.iter().map(|&n| u64::from(n)).fold(1, u64::saturating_mul);
    let side = size.iter().zip(sides).find(|(size, limit)| u64::from(**size) > device.limit(*limit));
    let (message, beyond) = if size.contains(&0) {
        (format!("a workgroup of {x} × {y} × {z} has no invocation"), None)
    } else if invocations > most {
        let message = at_most(format!("a workgroup of {x} × {y} × {z} has {invocations} invocations"), most);
        // A device that has more of them may still have shorter sides: that is the next thing to ask for.
        (message, Some((Limit::MaxComputeInvocationsPerWorkgroup, invocations)))
    } else if let Some((size, limit)) = side {
        let message = format!("a workgroup of {x} × {y} × {z}, where {x_limit} × {y_limit} × {z_limit} is the limit");
        (message, Some((limit, u64::from(*size))))
    } else {
        return;
    };
    let diagnostic =
        Diagnostic::new(Code::OutOfRange, entry.span, message).help("make the workgroup smaller and dispatch more of them");
    diagnostics.push(match beyond {
        Some((limit, needed)) => device.raise(diagnostic, limit, needed),
        None => diagnostic,
    });
}

/// The workgroup variables of an entry point. Source: WebGPU, 10.2.1 "validating GPUComputePipelineDescriptor", and section 3.6.2
/// "Limits", `maxComputeWorkgroupStorageSize`.
fn workgroup_memory(
    device: &Device,
    module: &Module,
    entry: &EntryPoint,
    values: &BTreeMap<usize, f64>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let most = device.limit(Limit::MaxComputeWorkgroupStorageSize);
    let mut bytes = 0u64;
    for variable in &entry.workgroup {
        let count = match &variable.count {
            None => 1,
            Some(count) => match module.evaluate(count, values) {
                Some(count) if count < 1 => {
                    let message = format!("`{}` has {count} elements, and an array has at least one", variable.name);
                    diagnostics.push(
                        Diagnostic::new(Code::OverrideConstant, variable.span, message)
                            .also(entry.span, "used by this entry point"),
                    );
                    return;
                }
                Some(count) => count.unsigned_abs(),
                // Only a browser can evaluate it.
                None => continue,
            },
        };
        bytes = bytes.saturating_add(u64::from(variable.size).saturating_mul(count).next_multiple_of(16));
        if bytes > most {
            let message = at_most(format!("`{}` uses workgroup variables of {bytes} bytes", entry.name), most);
            let mut diagnostic = Diagnostic::new(Code::WorkgroupMemory, variable.span, message)
                .label("goes beyond that")
                .also(entry.span, "used by this entry point");
            if let Some((_, asked)) = device.limits.get(&Limit::MaxComputeWorkgroupStorageSize) {
                diagnostic = diagnostic.also(*asked, "asked for here");
            }
            diagnostics.push(diagnostic.help(format!(
                "make it smaller, or ask for more with `#device {{ requiredLimits={{ maxComputeWorkgroupStorageSize={} }} }}`",
                bytes.checked_next_power_of_two().unwrap_or(bytes)
            )));
            return;
        }
    }
}
