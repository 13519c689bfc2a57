//! What bind groups and layouts list: how much, and each number once.

use super::Scene;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::device::Limit;
use std::collections::BTreeMap;

/// Source: WebGPU, 8.1.2 `createBindGroupLayout`, 8.2.1 `createBindGroup`: binding numbers are different.
pub fn bindings(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for layout in scene.layouts.iter().flatten() {
        unique(layout.entries.iter().map(|entry| (entry.binding, entry.span)), diagnostics);
    }
    for group in scene.groups.iter().flatten() {
        unique(group.entries.iter().map(|entry| (entry.binding, entry.span)), diagnostics);
    }
}

fn unique(bindings: impl Iterator<Item = (u32, Span)>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
    for (binding, span) in bindings {
        if let Some(old) = seen.insert(binding, span) {
            let message = format!("binding {binding} is given twice");
            diagnostics.push(Diagnostic::new(Code::DuplicateBinding, span, message).also(old, "the first one"));
        }
    }
}

/// Source: WebGPU, 8.3.1 `createPipelineLayout`, maxBindGroups. Layouts with more groups are holes to the rules behind.
pub fn groups(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let most = scene.device.limit32(Limit::MaxBindGroups) as usize;
    for slot in &mut scene.pipeline_layouts {
        let Some(layout) = slot.filter(|layout| layout.groups.len() > most) else { continue };
        let count = layout.groups.len();
        let message = format!("a pipeline has at most {most} bind groups, and {count} are listed");
        let diagnostic = Diagnostic::new(Code::BadLength, layout.groups_span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxBindGroups, count as u64));
        *slot = None;
    }
}

/// Source: WebGPU, 8.2.1 `createBindGroup`, minUniformBufferOffsetAlignment and minStorageBufferOffsetAlignment. Groups with other offsets
/// are holes to the rules behind.
pub fn offsets(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    for slot in &mut scene.groups {
        let Some(group) = *slot else { continue };
        for entry in &group.entries {
            if let Resource::Buffer { offset, .. } = entry.resource
                && !offset.is_multiple_of(256)
            {
                let message = format!("offset {offset} is not a multiple of 256");
                diagnostics.push(Diagnostic::new(Code::Unaligned, entry.offset_span, message));
                *slot = None;
            }
        }
    }
}
