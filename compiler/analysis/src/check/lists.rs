//! What bind groups, layouts and passes list: how much, and each number once.

use super::Scene;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, at_most, not_a_multiple};
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
        let diagnostic = Diagnostic::new(Code::BadLength, layout.groups.span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxBindGroups, count as u64));
        *slot = None;
    }
}

/// Source: WebGPU, 14.1 `setBindGroup`, maxBindGroups. Passes and bundles that list more are holes to the rules behind.
pub fn set_groups(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let device = &scene.device;
    let most = device.limit32(Limit::MaxBindGroups) as usize;
    let mut fits = |listed: Spanned<usize>| {
        if *listed > most {
            let message = format!("a pass has at most {most} bind groups, and {listed} are listed");
            let diagnostic = Diagnostic::new(Code::BadLength, listed.span, message);
            diagnostics.push(device.raise(diagnostic, Limit::MaxBindGroups, *listed as u64));
        }
        *listed <= most
    };
    scene.bundles.iter_mut().for_each(|slot| *slot = slot.filter(|bundle| fits(bundle.listed_groups)));
    scene.render_passes.iter_mut().for_each(|slot| *slot = slot.filter(|pass| fits(pass.listed_groups)));
    scene.compute_passes.iter_mut().for_each(|slot| *slot = slot.filter(|pass| fits(pass.listed_groups)));
}

/// Source: WebGPU, 16.1.2 `dispatchWorkgroups`, maxComputeWorkgroupsPerDimension. Passes and `#init`s that run more, or nothing, are
/// holes to the rules behind.
pub fn workgroups(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let limit = Limit::MaxComputeWorkgroupsPerDimension;
    let most = scene.device.limit32(limit);
    let device = &scene.device;
    let too_many = |count: u32, what: String, span: Span, help: &str| {
        let diagnostic = Diagnostic::new(Code::DispatchLimit, span, at_most(what, most)).help(help);
        device.raise(diagnostic, limit, u64::from(count))
    };
    let written = |count: u32, span: Span| {
        let what = format!("{count} workgroups in one dimension");
        (count > most).then(|| too_many(count, what, span, "spread them over x and y"))
    };
    for slot in &mut scene.compute_passes {
        let Some(pass) = *slot else { continue };
        let counts = pass.commands.iter().filter_map(|command| match &command.value {
            PassCommand::Dispatch(counts) => counts.iter().find_map(|count| match **count {
                Extent::Fixed(texels) => written(texels, count.span),
                Extent::Canvas(_) => None,
            }),
            _ => None,
        });
        let mut found: Vec<Diagnostic> = counts.collect();
        if !pass.commands.iter().any(|command| command.is_work()) {
            let message = format!("`#computePass {}` dispatches nothing", pass.named.name);
            let diagnostic = Diagnostic::new(Code::IncompletePass, pass.named.span, message);
            found.push(diagnostic.help("write `dispatchWorkgroups=[x y z]`"));
        }
        *slot = slot.filter(|_| found.is_empty());
        diagnostics.append(&mut found);
    }
    for slot in &mut scene.inits {
        let Some(init) = *slot else { continue };
        let (counts, span) = (init.dispatch.value, init.dispatch.span);
        let found = if init.dispatch.property.is_none() {
            let what = format!("`#init {}` needs {} workgroups in x", init.named.name, counts[0]);
            (counts[0] > most).then(|| too_many(counts[0], what, span, "write `workgroups=[x y]`"))
        } else if counts.contains(&0) && counts.iter().all(|count| *count <= most) {
            let diagnostic = Diagnostic::new(Code::OutOfRange, span, "0 workgroups run nothing");
            Some(diagnostic.help("every count must be 1 or more"))
        } else {
            counts.into_iter().find_map(|count| written(count, span))
        };
        *slot = slot.filter(|_| found.is_none());
        diagnostics.extend(found);
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
                let message = not_a_multiple("offset", offset, 256);
                diagnostics.push(Diagnostic::new(Code::Unaligned, offset.span, message));
                *slot = None;
            }
        }
    }
}
