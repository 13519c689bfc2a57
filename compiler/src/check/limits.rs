//! What one shader stage may have: bindings, workgroup sizes, kinds of access.

use super::pipelines::{constants, entry};
use crate::device::Limit;
use crate::diag::{Code, Diagnostic};
use crate::formats;
use crate::scene::*;
use crate::shader::reflect::Resource;
use std::collections::BTreeMap;

/// Buffers with dynamic offset that a pipeline layout may have. Source: WebGPU, section 3.6.2 "Limits".
const MAX_DYNAMIC: [(&str, Limit); 2] = [
    ("uniform", Limit::MaxDynamicUniformBuffersPerPipelineLayout),
    ("storage", Limit::MaxDynamicStorageBuffersPerPipelineLayout),
];

/// What a stage may have only so many of. Source: WebGPU, section 3.6.2 "Limits".
fn kind(resource: &Resource) -> Option<(&'static str, Limit)> {
    match resource {
        Resource::Uniform(_) => Some(("uniform buffers", Limit::MaxUniformBuffersPerShaderStage)),
        Resource::Storage { .. } => Some(("storage buffers", Limit::MaxStorageBuffersPerShaderStage)),
        Resource::Sampler { .. } => Some(("samplers", Limit::MaxSamplersPerShaderStage)),
        Resource::Texture { .. } => Some(("textures", Limit::MaxSampledTexturesPerShaderStage)),
        Resource::StorageTexture { .. } => Some(("storage textures", Limit::MaxStorageTexturesPerShaderStage)),
        Resource::ExternalTexture => None,
    }
}

/// Layouts, each by itself and those of a pipeline together, against the limits of buffers with dynamic offset.
pub fn dynamic_buffers(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let count = |layout: &Layout, kind: &str| {
        let is_counted = |entry: &&LayoutEntry| match &entry.kind {
            LayoutKind::Buffer { ty, dynamic, .. } => *dynamic && (ty.text() == "uniform") == (kind == "uniform"),
            _ => false,
        };
        layout.entries.iter().filter(is_counted).count()
    };
    for (kind, limit) in MAX_DYNAMIC {
        let limit = scene.device.limit32(limit) as usize;
        let mut check = |layouts: &[&Layout], named: &Named| {
            let counts: Vec<usize> = layouts.iter().map(|layout| count(layout, kind)).collect();
            let sum = counts.iter().sum::<usize>();
            // One that is too large by itself is reported there.
            if sum > limit && (layouts.len() == 1 || counts.iter().all(|count| *count <= limit)) {
                let message = format!("`{}` has {sum} {kind} buffers with dynamic offset, {limit} are possible", named.name);
                diagnostics.push(Diagnostic::new(Code::TooMany, named.span, message));
            }
        };
        for layout in scene.layouts.iter().flatten() {
            check(&[layout], &layout.named);
        }
        for pipeline in scene.pipeline_layouts.iter().flatten().filter(|pipeline| pipeline.groups.len() > 1) {
            let layouts: Vec<&Layout> = pipeline.groups.iter().filter_map(|id| scene.layouts[id.0].as_ref()).collect();
            check(&layouts, &pipeline.named);
        }
    }
}

/// Every stage of every pipeline and `#init` against the limits of one stage.
pub fn stages(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pipeline in scene.render_pipelines.iter().flatten() {
        stage(scene, &pipeline.vertex, diagnostics);
        if let Some(fragment) = &pipeline.fragment {
            stage(scene, fragment, diagnostics);
        }
    }
    for pipeline in scene.compute_pipelines.iter().flatten() {
        stage(scene, &pipeline.compute, diagnostics);
    }
    for init in scene.inits.iter().flatten() {
        constants(scene, &init.stage, diagnostics);
        stage(scene, &init.stage, diagnostics);
    }
}

fn stage(scene: &Scene, stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let Some((module, entry)) = entry(scene, stage) else { return };
    let device = &scene.device;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for &index in &entry.bindings {
        let binding = &module.bindings[index];
        for (what, number, limit) in [
            ("group", binding.group, device.limit32(Limit::MaxBindGroups)),
            ("binding", binding.binding, device.limit32(Limit::MaxBindingsPerBindGroup)),
        ] {
            if number >= limit {
                let message = format!("`{}` has {what} {number}, the last possible one is {}", binding.name, limit - 1);
                diagnostics.push(Diagnostic::new(Code::OutOfRange, binding.span, message));
            }
        }
        if let Some((what, limit)) = kind(&binding.resource) {
            let limit = device.limit(limit);
            let count = counts.entry(what).or_default();
            *count += 1;
            if *count == limit + 1 {
                let message = format!("`{}` uses more than {limit} {what}", entry.name);
                let diagnostic = Diagnostic::new(Code::TooMany, binding.span, message).label("one more than a stage may have");
                diagnostics.push(diagnostic.also(entry.span, "the entry point"));
            }
        }
        if let Resource::StorageTexture { format, access, .. } = &binding.resource
            && access.text() == "read-write"
            && !formats::info(*format, device).read_write
        {
            let message = format!("{} cannot be a storage texture with access read_write", format.text());
            let help = "r32float, r32uint and r32sint can; others can be read or written";
            diagnostics.push(Diagnostic::new(Code::FormatCapability, binding.span, message).help(help));
        }
    }
    let position = |key: &str| {
        let found = module.find_override(key)?;
        module.overrides.iter().position(|known| known.span == found.span)
    };
    let values = stage.constants.iter().filter_map(|(key, _, value)| Some((position(key)?, *value))).collect();
    let Some(size) = module.workgroup_size(entry, &values) else { return };
    let [x, y, z] = size;
    let most = device.limit(Limit::MaxComputeInvocationsPerWorkgroup);
    let sides = [Limit::MaxComputeWorkgroupSizeX, Limit::MaxComputeWorkgroupSizeY, Limit::MaxComputeWorkgroupSizeZ];
    let [x_limit, y_limit, z_limit] = sides.map(|limit| device.limit32(limit));
    let invocations = size.iter().map(|&n| u64::from(n)).fold(1, u64::saturating_mul);
    let message = if size.contains(&0) {
        format!("a workgroup of {x} × {y} × {z} has no invocation")
    } else if invocations > most {
        format!("a workgroup of {x} × {y} × {z} has {invocations} invocations, {most} are possible")
    } else if x > x_limit || y > y_limit || z > z_limit {
        format!("a workgroup of {x} × {y} × {z}, where {x_limit} × {y_limit} × {z_limit} is the limit")
    } else {
        return;
    };
    let diagnostic = Diagnostic::new(Code::OutOfRange, entry.span, message);
    diagnostics.push(diagnostic.help("make the workgroup smaller and dispatch more of them"));
}
