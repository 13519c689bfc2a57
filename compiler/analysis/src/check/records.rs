//! Records that one shader writes and a pipeline takes vertices from.

use super::Scene;
use pngine_scene::uses::used_bindings;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, listed};
use pngine_source::source::Span;
use pngine_wgsl::reflect::{Binding, Block, Resource as Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// A struct that lies in an array: bytes from one to the next, and the variable.
struct Records {
    stride: u32,
    binding: Binding,
}

/// The struct that an array in a storage variable is made of; `None` if there is none or there are several arrays.
fn records(block: &Block) -> Option<u32> {
    let in_structs = block.fields.iter().filter(|field| field.path.contains("[]"));
    let strides: BTreeSet<u32> = in_structs.filter_map(|field| Some(field.arrays.first()?.stride)).collect();
    strides.first().copied().filter(|_| strides.len() == 1)
}

/// The buffers that compute shaders write records into.
fn written(scene: &Scene) -> BTreeMap<BufferId, Vec<Records>> {
    let mut out: BTreeMap<BufferId, Vec<Records>> = BTreeMap::new();
    for pass in scene.all_compute_passes() {
        let mut pipelines: BTreeSet<PipelineId> = BTreeSet::new();
        pipelines.extend(pass.commands.iter().filter_map(|command| match &command.value {
            PassCommand::SetPipeline(id) => Some(*id),
            _ => None,
        }));
        for bound in scene.set_groups(&pass.commands) {
            let Some(group) = scene.group(bound.group) else { continue };
            for used in pipelines.iter().flat_map(|id| used_bindings(scene, *id, bound.slot).unwrap_or_default()) {
                let Wanted::Storage { is_writable: true, block } = &used.binding.resource else { continue };
                let Some(stride) = records(block) else { continue };
                let Some(entry) = group.entries.iter().find(|entry| entry.binding == used.binding.binding) else { continue };
                let Resource::Buffer { buffer, .. } = entry.resource else { continue };
                out.entry(buffer).or_default().push(Records { stride, binding: used.binding });
            }
        }
    }
    out
}

/// A vertex layout steps by as many bytes as a record has, or by a whole part or multiple of that.
pub fn strides(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let written = written(scene);
    if written.is_empty() {
        return;
    }
    let bundles = scene.all_bundles().map(|bundle| &bundle.commands);
    let passes = scene.all_render_passes().map(|pass| &pass.commands);
    let mut reported: BTreeSet<(Span, Span)> = BTreeSet::new();
    for commands in bundles.chain(passes) {
        let mut slots: BTreeMap<u32, BufferId> = BTreeMap::new();
        let mut pipeline = None;
        for command in commands {
            match &command.value {
                PassCommand::SetVertexBuffer(bound) => _ = slots.insert(bound.slot, bound.buffer),
                PassCommand::SetPipeline(PipelineId::Render(id)) => pipeline = scene.render_pipeline(*id),
                command if command.is_work() => {
                    for (slot, layout) in (0..).zip(pipeline.into_iter().flat_map(|pipeline| pipeline.buffers.iter())) {
                        let Some((layout, buffer)) = layout.as_ref().zip(slots.get(&slot)) else { continue };
                        for records in written.get(buffer).into_iter().flatten() {
                            if reported.insert((layout.span, records.binding.span)) {
                                differ(layout, records, diagnostics);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// A vertex layout steps by as many bytes as a vertex of the shape in its buffer has, and its attributes begin where the shape's do.
pub fn shapes(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let bundles = scene.all_bundles().map(|bundle| &bundle.commands);
    let passes = scene.all_render_passes().map(|pass| &pass.commands);
    let mut reported: BTreeSet<(Span, DataId)> = BTreeSet::new();
    for commands in bundles.chain(passes) {
        let mut slots: BTreeMap<u32, &BoundVertices> = BTreeMap::new();
        let mut pipeline = None;
        for command in commands {
            match &command.value {
                PassCommand::SetVertexBuffer(bound) => _ = slots.insert(bound.slot, bound),
                PassCommand::SetPipeline(PipelineId::Render(id)) => pipeline = scene.render_pipeline(*id),
                command if command.is_work() => {
                    for (slot, layout) in (0..).zip(pipeline.into_iter().flat_map(|pipeline| pipeline.buffers.iter())) {
                        let Some((layout, bound)) = layout.as_ref().zip(slots.get(&slot)) else { continue };
                        let Some(Spanned { value: data, .. }) = scene.buffer(bound.buffer).and_then(|buffer| buffer.initial)
                        else {
                            continue;
                        };
                        let Some(shape) = scene.data_at(data).filter(|shape| !shape.attributes.is_empty()) else { continue };
                        if !layout.per_instance && reported.insert((layout.span, data)) {
                            misfit(layout, bound.offset, shape, diagnostics);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// What of a layout is not as the vertices of a shape are.
fn misfit(layout: &VertexBuffer, offset: u32, shape: &Data, diagnostics: &mut Vec<Diagnostic>) {
    let size: u32 = shape.attributes.iter().map(|(_, bytes)| bytes).sum();
    let mut places = Vec::new();
    let mut end = 0;
    for (name, bytes) in &shape.attributes {
        places.push((end, format!("`{name}` at {end}")));
        end += bytes;
    }
    let list: Vec<String> = places.iter().map(|(_, text)| text.clone()).collect();
    let parts = format!("a vertex of `{}` has {}", shape.name, listed(&list));
    let step = *layout.stride;
    // Written by hand, a step may skip vertices, or take the attributes of one for several.
    let is_meant = step == size
        || step == 0
        || (layout.stride.property.is_some() && (step.is_multiple_of(size) || size.is_multiple_of(step)));
    if !is_meant {
        let said = if layout.stride.property.is_some() { "" } else { ", where its last attribute ends" };
        let message = format!("the layout steps by {step} bytes{said}, and a vertex of `{}` has {size}", shape.name);
        diagnostics.push(
            Diagnostic::new(Code::ShapeLayout, layout.stride.span, message)
                .also(shape.span, "this shape")
                .help(format!("write `arrayStride={size}`; {parts}")),
        );
        return;
    }
    if step != size || offset != 0 {
        return;
    }
    for attribute in &layout.attributes {
        if attribute.offset % size != 0 && !places.iter().any(|(place, _)| *place == attribute.offset) {
            let inside = places.iter().rev().find(|(place, _)| *place <= attribute.offset);
            // Of a vector, one number may be wanted alone.
            let is_scalar = attribute.format.layout().2 <= 4;
            let Some((_, inside)) = inside.filter(|_| !is_scalar) else { continue };
            let message = format!("the attribute at byte {} begins inside of {inside} of `{}`", attribute.offset, shape.name);
            diagnostics
                .push(Diagnostic::new(Code::ShapeLayout, attribute.span, message).also(shape.span, "this shape").help(&parts));
        }
    }
}

fn differ(layout: &VertexBuffer, records: &Records, diagnostics: &mut Vec<Diagnostic>) {
    let (step, stride) = (*layout.stride, records.stride);
    // Several vertices may lie in one record, and one vertex may skip some.
    if step == 0 || stride == 0 || stride.is_multiple_of(step) || step.is_multiple_of(stride) {
        return;
    }
    let Wanted::Storage { block, .. } = &records.binding.resource else { return };
    let in_structs = || block.fields.iter().filter_map(|field| Some((field.path.split_once("[]")?.1, field.offset)));
    // A struct begins with its first member.
    let first = in_structs().map(|(_, offset)| offset).min().unwrap_or(0);
    let members: Vec<String> = in_structs()
        .map(|(name, offset)| format!("`{}` at {}", name.trim_start_matches('.'), offset.saturating_sub(first)))
        .take(6)
        .collect();
    let message = format!("the layout steps by {step} bytes, and `{}` has records of {stride}", records.binding.name);
    diagnostics.push(
        Diagnostic::new(Code::RecordStride, layout.span, message)
            .also(records.binding.span, "written by a compute shader")
            .help(format!("write `arrayStride={stride}`; a record has {}", listed(&members))),
    );
}
