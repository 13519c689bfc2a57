//! Bind groups against what shaders use, and `#init`s.

use super::Scene;
use super::fits;
use super::pipelines;
use pngine_scene::uses::{AutomaticGroup, COMPUTE, Used, automatic_groups, entry, resource_name, used_bindings};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_wgsl::reflect::Resource as Wanted;
use std::collections::BTreeSet;

/// Bind groups one by one; those that have no layout. Source: WebGPU, 8.2.1 `createBindGroup`.
pub fn groups(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) -> Vec<GroupId> {
    for group in scene.all_groups() {
        if let GroupLayout::Explicit(layout) = *group.layout {
            explicit_group(scene, group, layout, diagnostics);
        }
    }
    let mut without = Vec::new();
    for automatic in automatic_groups(scene) {
        let Some(group) = scene.group(automatic.group) else { continue };
        if automatic.used.is_empty() && !group.entries.is_empty() {
            without.push(automatic.group);
            no_layout(scene, group, &automatic, diagnostics);
        } else {
            automatic_group(scene, group, &automatic, diagnostics);
        }
    }
    without
}

/// Reports a group whose automatic layout is empty.
fn no_layout(scene: &Scene, group: &Group, automatic: &AutomaticGroup, diagnostics: &mut Vec<Diagnostic>) {
    // What a fragment stage would use is unknown where it is forgotten.
    if let PipelineId::Render(id) = automatic.pipeline
        && scene.render_pipeline(id).is_some_and(|pipeline| pipeline.fragment.is_none() && pipeline.writes_nothing())
    {
        return;
    }
    let pipeline = scene.pipeline_name(automatic.pipeline).map_or("?", |named| &named.name);
    let message = format!("the shaders of `{pipeline}` use no binding of group {}", automatic.slot);
    let diagnostic = Diagnostic::new(Code::UnknownLayout, group.layout.span, message);
    diagnostics.push(
        diagnostic
            .help("its automatic layout has nothing in this group: use a binding in the shader, or leave the bind group out"),
    );
}

fn automatic_group(scene: &Scene, group: &Group, automatic: &AutomaticGroup, diagnostics: &mut Vec<Diagnostic>) {
    let pipeline_name = scene.pipeline_name(automatic.pipeline).map_or("?", |named| &named.name);
    let used = &automatic.used;
    let again = repeated(&group.entries);
    let missing = used.iter().filter(|wanted| !group.entries.iter().any(|entry| entry.binding == wanted.binding.binding));
    // One that stands twice is reported, and most likely one of the two is what is missing.
    for wanted in missing.skip(again.len()) {
        let message = format!("`#bindGroup {}` has nothing for binding {}", group.named.name, wanted.binding.binding);
        diagnostics.push(
            Diagnostic::new(Code::MissingBinding, group.named.span, message)
                .also(
                    wanted.binding.span,
                    format!(
                        "`{}`, {}, is used by `{pipeline_name}`",
                        wanted.binding.name,
                        resource_name(&wanted.binding.resource)
                    ),
                )
                .help(format!("add `{{ binding={} resource=… }}`", wanted.binding.binding)),
        );
    }
    for (_, entry) in group.entries.iter().enumerate().filter(|(at, _)| !again.contains(at)) {
        // What the shaders do not use is left out, but where there are several of one number.
        if let Some(wanted) = used.iter().find(|wanted| wanted.binding.binding == entry.binding) {
            fits::variable(scene, entry, wanted, diagnostics);
        }
    }
}

/// What an explicit layout leaves open is checked at the draw: whether the group binds as many bytes as the shaders of the pipeline
/// need. Source: WebGPU, 14.2 "validate encoder bind groups".
pub fn late_sizes(scene: &Scene, group: &Group, pipeline: PipelineId, slot: u32, diagnostics: &mut Vec<Diagnostic>) {
    let GroupLayout::Explicit(layout) = *group.layout else { return };
    let rows = scene.layout(layout).map_or(&[][..], |layout| &layout.entries);
    for used in used_bindings(scene, pipeline, slot).unwrap_or_default() {
        // Where layout and shader disagree, that is what is wrong.
        let row = rows.iter().find(|row| row.binding == used.binding.binding);
        if used.is_disputed || row.is_none_or(|row| pipelines::kind_mismatch(&row.kind, &used.binding.resource).is_some()) {
            continue;
        }
        let (Wanted::Uniform(block) | Wanted::Storage { block, .. }) = &used.binding.resource else { continue };
        let Some(entry) = group.entries.iter().find(|entry| entry.binding == used.binding.binding) else { continue };
        let Resource::Buffer { buffer, offset, size, .. } = entry.resource else { continue };
        let Some(buffer) = scene.buffer(buffer) else { continue };
        // A range behind the end is reported for that.
        if u64::from(*offset) + u64::from(size.unwrap_or(1)) > u64::from(*buffer.size) {
            continue;
        }
        let bound = size.unwrap_or(buffer.size.saturating_sub(*offset));
        if bound < block.min_size {
            let message = format!("{bound} bytes are bound, `{}` has {}", used.binding.name, block.min_size);
            diagnostics.push(
                Diagnostic::new(Code::BindingTooSmall, entry.span, message)
                    .also(used.binding.span, "declared here")
                    .also(buffer.size.span, "the buffer's size"),
            );
        }
    }
}

/// Which entries have the number of an earlier one.
fn repeated(entries: &[Entry]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    (0..).zip(entries).filter(|(_, entry)| !seen.insert(entry.binding)).map(|(at, _)| at).collect()
}

fn explicit_group(scene: &Scene, group: &Group, id: LayoutId, diagnostics: &mut Vec<Diagnostic>) {
    let Some(layout) = scene.layout(id) else { return };
    let again = repeated(&group.entries);
    let missing = layout.entries.iter().filter(|row| !group.entries.iter().any(|entry| entry.binding == row.binding));
    // One that stands twice is reported, and most likely one of the two is what is missing.
    let mut missing = missing.skip(again.len());
    for (at, entry) in group.entries.iter().enumerate() {
        let Some(row) = layout.entries.iter().find(|row| row.binding == entry.binding) else {
            let message = format!("`#bindGroupLayout {}` has no binding {}", layout.named.name, entry.binding);
            let diagnostic = Diagnostic::new(Code::MissingBinding, entry.span, message).also(layout.named.span, "declared here");
            // What has no place and a place that has nothing are one mistake: another number.
            diagnostics.push(match missing.next() {
                Some(row) => diagnostic
                    .also(row.span, format!("nothing is bound to binding {}", row.binding))
                    .help(format!("if that is what it is for, write `binding={}`", row.binding)),
                None => diagnostic.help("take the entry out, or add it to the layout"),
            });
            continue;
        };
        if !again.contains(&at) {
            fits::row(scene, entry, row, diagnostics);
        }
    }
    for row in missing {
        let message = format!("`#bindGroup {}` has nothing for binding {}", group.named.name, row.binding);
        diagnostics.push(Diagnostic::new(Code::MissingBinding, group.named.span, message).also(row.span, "which its layout has"));
    }
}

/// An `#init` binds its buffer and parameters itself; the same rules hold.
pub fn inits(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for init in scene.all_inits() {
        let Some((module, found)) = entry(scene, &init.stage) else { continue };
        let bound =
            std::iter::once((0, init.buffer)).chain(init.extra.iter().map(|(n, b)| (*n, Spanned::new(*b, init.named.span))));
        for (number, Spanned { value: buffer, span }) in bound {
            let used = found.bindings.iter().map(|&index| &module.bindings[index]);
            let Some(binding) = used.into_iter().find(|binding| (binding.group, binding.binding) == (0, number)) else {
                continue;
            };
            let entry = Entry {
                span,
                binding: number,
                resource: Resource::Buffer { buffer, offset: Spanned::new(0, span), size: None, ping_pong: 0 },
            };
            let used = Used::of_one_stage(binding.clone(), COMPUTE);
            fits::variable(scene, &entry, &used, diagnostics);
        }
        if let Some(params) = &init.params {
            let binding = found.bindings.iter().map(|&index| &module.bindings[index]).find(|b| (b.group, b.binding) == (0, 1));
            match binding.map(|binding| (&binding.resource, binding)) {
                Some((Wanted::Uniform(block), binding)) if params.len() as u32 * 4 > block.min_size => {
                    let message = format!("{} parameters, `{}` holds {}", params.len(), binding.name, block.min_size / 4);
                    diagnostics.push(Diagnostic::new(Code::OutOfRange, params.span, message).also(binding.span, "declared here"));
                }
                Some((Wanted::Uniform(_), _)) | None => {}
                Some((other, binding)) => {
                    let message = format!("the parameters are a uniform buffer, `{}` is {}", binding.name, resource_name(other));
                    diagnostics
                        .push(Diagnostic::new(Code::BindingKind, params.span, message).also(binding.span, "declared here"));
                }
            }
        }
    }
}
