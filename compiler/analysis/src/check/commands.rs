//! What passes and bundles do, command by command, as the state machines of WebGPU's encoders see it.

use super::Scene;
use super::bindings::late_sizes;
use super::canvas::{Fit, inside};
use super::layouts::equivalent;
use super::needs::buffer_needs;
use super::passes::{Targets, against_pipeline, sized};
use crate::limits::MAX_BUNDLE;
use pngine_format::op::buffer_usage;
use pngine_format::word::{BufferBindingType, IndexFormat};
use pngine_scene::formats;
use pngine_scene::uses::{used_groups, variable_of};
use pngine_scene::*;
use pngine_source::diag::{Clue, Code, Diagnostic, at_most, counted, listed, not_a_multiple};
use pngine_source::source::Span;
use pngine_wgsl::device::{Feature, Limit};
use std::collections::{BTreeMap, BTreeSet};

/// Every rule of the commands of bundles, render passes and compute passes.
pub fn commands(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for bundle in scene.all_bundles() {
        bundle_formats(scene, bundle, diagnostics);
        if bundle.commands.len() > MAX_BUNDLE {
            let message = at_most(format!("a bundle of {} commands", bundle.commands.len()), MAX_BUNDLE);
            let diagnostic = Diagnostic::new(Code::TooMany, bundle.named.span, message);
            diagnostics.push(diagnostic.help("make several bundles, and execute one after another"));
        }
        let targets = Targets::of_bundle(bundle);
        Encoder::new(scene, Recording::Bundle(bundle), Some(targets), diagnostics).run(&bundle.commands);
    }
    for pass in scene.all_render_passes() {
        if let Some(Spanned { value: set, span }) = pass.occlusion {
            query_kind(scene, set, QueryKind::Occlusion, span, diagnostics);
        }
        timestamps(scene, pass.timestamps.as_ref(), diagnostics);
        let targets = Targets::of_pass(scene, pass);
        Encoder::new(scene, Recording::Render(pass), Some(targets), diagnostics).run(&pass.commands);
    }
    for pass in scene.all_compute_passes() {
        timestamps(scene, pass.timestamps.as_ref(), diagnostics);
        Encoder::new(scene, Recording::Compute(pass), None, diagnostics).run(&pass.commands);
    }
}

/// Source: WebGPU, 20.1 `createQuerySet`.
pub fn query_sets(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for set in scene.all_query_sets() {
        if *set.kind == QueryKind::Timestamp {
            let what = format!("`#querySet {}`", set.named.name);
            diagnostics.extend(scene.device.need(Feature::TimestampQuery, set.kind.span, &what));
        }
    }
}

fn query_kind(scene: &Scene, set: QuerySetId, wanted: QueryKind, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
    let set = scene.query_set(set)?;
    if *set.kind == wanted {
        return Some(set.count);
    }
    let word = |kind: QueryKind| match kind {
        QueryKind::Occlusion => "occlusion",
        QueryKind::Timestamp => "timestamp",
    };
    let message = format!("`#querySet {}` is of type {}, {} is wanted", set.named.name, word(set.kind.value), word(wanted));
    diagnostics.push(
        Diagnostic::new(Code::Query, span, message)
            .also(set.kind.span, "its type")
            .help(format!("make a `#querySet` with `type={}`", word(wanted))),
    );
    None
}

/// Source: WebGPU, 17.1.1.3 "validating GPURenderPassTimestampWrites"; the same for compute passes.
fn timestamps(scene: &Scene, writes: Option<&TimestampWrites>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(writes) = writes else { return };
    let Some(count) = query_kind(scene, writes.set, QueryKind::Timestamp, writes.span, diagnostics) else { return };
    let indices: Vec<u32> = writes.begin.into_iter().chain(writes.end).collect();
    let message = match indices.as_slice() {
        [] => "neither the beginning nor the end of the pass is to be written".to_string(),
        [begin, end] if begin == end => format!("the beginning and the end are both written to query {begin}"),
        indices => match indices.iter().find(|index| **index >= count) {
            Some(index) => format!("there is no query {index}: the set has a count of {count}"),
            None => return,
        },
    };
    diagnostics.push(
        Diagnostic::new(Code::Query, writes.span, message)
            .help("write `beginningOfPassWriteIndex=0 endOfPassWriteIndex=1`, with a `count` of 2 or more in the query set"),
    );
}

/// Source: WebGPU, 18.2.1 `createRenderBundleEncoder`.
fn bundle_formats(scene: &Scene, bundle: &Bundle, diagnostics: &mut Vec<Diagnostic>) {
    let most = scene.device.limit32(Limit::MaxColorAttachments) as usize;
    if bundle.colors.len() > most {
        let count = bundle.colors.len();
        let message = format!("a pass has at most {most} color attachments, and {count} are listed");
        let diagnostic = Diagnostic::new(Code::BundleMismatch, bundle.colors.span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxColorAttachments, count as u64));
    }
    let mut refuse = |message: String| {
        diagnostics.push(
            Diagnostic::new(Code::BundleMismatch, bundle.colors.span, message)
                .help("leave the formats out: they are those of the bundle's pipeline"),
        );
    };
    // One that takes its formats from a pipeline which it does not have is reported for that.
    let has_pipeline = bundle.commands.iter().any(|command| matches!(command.value, PassCommand::SetPipeline(_)));
    let waits = !bundle.has_own_colors && !has_pipeline && bundle.commands.iter().any(|command| command.is_work());
    if bundle.colors.is_empty() && bundle.depth.is_none() && !waits {
        refuse(format!("`#renderBundle {}` has no attachment", bundle.named.name));
    }
    for format in bundle.colors.iter() {
        if !formats::info(*format, &scene.device).renderable {
            refuse(format!("{} is not a color format that can be rendered to", format.text()));
        }
    }
    if let Some(format) = bundle.depth {
        let info = formats::info(format, &scene.device);
        if !info.depth && !info.stencil {
            refuse(format!("{} is not a depth or stencil format", format.text()));
        }
    }
    if let Some((bytes, most)) = formats::too_many_bytes(&scene.device, bundle.colors.iter().copied()) {
        refuse(at_most(format!("the attachments have {bytes} bytes per sample"), most));
    }
}

/// What commands are for.
#[derive(Clone, Copy)]
enum Recording<'s> {
    Render(&'s RenderPass),
    Compute(&'s ComputePass),
    Bundle(&'s Bundle),
}

impl<'s> Recording<'s> {
    fn named(self) -> &'s Named {
        match self {
            Self::Render(pass) => &pass.named,
            Self::Compute(pass) => &pass.named,
            Self::Bundle(bundle) => &bundle.named,
        }
    }

    /// `#renderPass main`
    fn text(self) -> String {
        let word = match self {
            Self::Render(_) => "renderPass",
            Self::Compute(_) => "computePass",
            Self::Bundle(_) => "renderBundle",
        };
        format!("#{word} {}", self.named().name)
    }
}

/// What has been said about a pass, each but once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Pipeline(PipelineId),
    NoPipeline,
    NoIndices,
    Group(PipelineId, u32, u32),
    Misplaced(PipelineId, u32),
    Foreign(PipelineId, PipelineId),
    NoGroups(PipelineId),
    NoVertices(PipelineId, u32),
    Strip(PipelineId, u32),
    Sizes(PipelineId, u32, GroupId),
    Together,
}

/// The state of an encoder.
struct Encoder<'s, 'a, 'd> {
    scene: &'s Scene<'a>,
    recording: Recording<'s>,
    /// What is drawn to; a compute pass draws to nothing.
    targets: Option<Targets>,
    diagnostics: &'d mut Vec<Diagnostic>,
    pipeline: Option<(PipelineId, Span)>,
    groups: BTreeMap<u32, (&'s BoundGroup, Span)>,
    vertices: BTreeMap<u32, (&'s BoundVertices, Span)>,
    indices: Option<(&'s BoundIndices, Span)>,
    /// The last `executeBundles`: it forgets what was set.
    forgotten: Option<Span>,
    /// Groups that no draw so far could use, with the pipeline of the last one.
    idle: BTreeMap<(u32, u32), (&'s BoundGroup, Span, Option<PipelineId>)>,
    query: Option<Span>,
    queries: BTreeMap<u32, Span>,
    open_groups: Vec<Span>,
    /// Where vertex and index buffers are set that are wrong, which is reported.
    doubtful: BTreeSet<Span>,
    said: BTreeSet<Said>,
    /// The groups that pipelines with an automatic layout use.
    uses: BTreeMap<PipelineId, BTreeSet<u32>>,
}

impl<'s, 'a, 'd> Encoder<'s, 'a, 'd> {
    fn new(
        scene: &'s Scene<'a>,
        recording: Recording<'s>,
        targets: Option<Targets>,
        diagnostics: &'d mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            scene,
            recording,
            targets,
            diagnostics,
            pipeline: None,
            groups: BTreeMap::new(),
            vertices: BTreeMap::new(),
            indices: None,
            forgotten: None,
            idle: BTreeMap::new(),
            query: None,
            queries: BTreeMap::new(),
            open_groups: Vec::new(),
            doubtful: BTreeSet::new(),
            said: BTreeSet::new(),
            uses: BTreeMap::new(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether this is said for the first time.
    fn first(&mut self, said: Said) -> bool {
        self.said.insert(said)
    }

    fn run(mut self, commands: &'s Commands) {
        for Spanned { value: command, span } in commands {
            self.command(command, *span);
        }
        if let Some(span) = self.query {
            let diagnostic = Diagnostic::new(Code::Query, span, "this occlusion query is never ended");
            self.report(diagnostic.help("add `{ endOcclusionQuery=true }`"));
        }
        if let Some(span) = self.open_groups.first().copied() {
            let diagnostic = Diagnostic::new(Code::DebugGroups, span, "this debug group is never closed");
            self.report(diagnostic.help("add `{ popDebugGroup=true }`"));
        }
        for ((slot, _), (bound, span, pipeline)) in std::mem::take(&mut self.idle) {
            if let Some(pipeline) = pipeline {
                self.idle_group(slot, bound, span, pipeline);
            }
        }
    }

    fn command(&mut self, command: &'s PassCommand, span: Span) {
        match command {
            PassCommand::SetPipeline(id) => self.set_pipeline(*id, span),
            PassCommand::SetBindGroup(bound) => self.set_group(bound, span),
            PassCommand::SetVertexBuffer(bound) => self.set_vertices(bound, span),
            PassCommand::SetIndexBuffer(bound) => self.set_indices(bound, span),
            PassCommand::Draw([count, instances, first, first_instance]) => {
                self.draw(Some((*count, *first)), Some((*instances, *first_instance)), span);
            }
            PassCommand::DrawIndexed([indices, instances, first, _, first_instance]) => {
                self.indexed(Some((*indices, *first)), span);
                self.draw(None, Some((*instances, *first_instance)), span);
            }
            PassCommand::DrawIndirect(from) => {
                self.indirect(from, ("drawIndirect", 16), span);
                self.draw(None, None, span);
            }
            PassCommand::DrawIndexedIndirect(from) => {
                self.indirect(from, ("drawIndexedIndirect", 20), span);
                self.indexed(None, span);
                self.draw(None, None, span);
            }
            PassCommand::Dispatch(_) => {
                self.work(span);
            }
            PassCommand::DispatchIndirect(from) => {
                self.indirect(from, ("dispatchWorkgroupsIndirect", 12), span);
                self.work(span);
            }
            PassCommand::SetViewport(numbers) => self.viewport(numbers, span),
            PassCommand::SetScissorRect(numbers) => self.scissor(numbers, span),
            PassCommand::SetBlendConstant(_) | PassCommand::SetStencilReference(_) | PassCommand::InsertDebugMarker(_) => {}
            PassCommand::BeginOcclusionQuery(index) => self.begin_query(*index, span),
            PassCommand::EndOcclusionQuery => {
                if self.query.take().is_none() {
                    let diagnostic = Diagnostic::new(Code::Query, span, "no occlusion query is open here");
                    self.report(diagnostic.help("add `{ beginOcclusionQuery=0 }` in front of what is to be counted"));
                }
            }
            PassCommand::ExecuteBundles(bundles) => self.execute(bundles, span),
            PassCommand::PushDebugGroup(_) => self.open_groups.push(span),
            PassCommand::PopDebugGroup => {
                if self.open_groups.pop().is_none() {
                    let diagnostic = Diagnostic::new(Code::DebugGroups, span, "no debug group is open here");
                    self.report(diagnostic.help("add `{ pushDebugGroup=\"…\" }` in front of it"));
                }
            }
        }
    }

    fn set_pipeline(&mut self, id: PipelineId, span: Span) {
        self.pipeline = Some((id, span));
        let PipelineId::Render(render) = id else { return };
        let (Some(pipeline), true) = (self.scene.render_pipeline(render), self.first(Said::Pipeline(id))) else { return };
        if let Some(targets) = &self.targets {
            against_pipeline(self.scene, targets, pipeline, span, self.diagnostics);
        }
    }

    /// What follows the frame counter cannot stand in what is recorded once.
    fn not_pooled(&mut self, pool: u32, name: &str, span: Span) {
        if matches!(self.recording, Recording::Bundle(_)) && pool > 1 {
            let message = format!("`{name}` has a pool, and a bundle is recorded once");
            let help = "a bundle cannot follow the frame counter: leave `pool` out, or draw in the pass itself";
            self.report(Diagnostic::new(Code::PooledInBundle, span, message).help(help));
        }
    }

    fn pool_offset(&mut self, offset: u32, pool: u32, span: Span) {
        // Offsets of what has no pool are ignored (language reference, section 10, rule 4).
        if pool > 1 && offset >= pool {
            let message = format!("an offset of {offset} in a pool of {pool}");
            self.report(Diagnostic::new(Code::OutOfRange, span, message).help(format!("it must be 0 to {}", pool - 1)));
        }
    }

    fn set_group(&mut self, bound: &'s BoundGroup, span: Span) {
        let most = self.scene.device.limit32(Limit::MaxBindGroups);
        if bound.slot >= most {
            let message = format!("bind group {}, and there are at most {most}", bound.slot);
            let diagnostic = Diagnostic::new(Code::TooMany, span, message);
            self.report(self.scene.device.raise(diagnostic, Limit::MaxBindGroups, u64::from(bound.slot) + 1));
            return;
        }
        self.groups.insert(bound.slot, (bound, span));
        self.idle.insert((bound.slot, span.start), (bound, span, None));
        let Some(group) = self.scene.group(bound.group) else { return };
        self.not_pooled(group.pool, &group.named.name, span);
        self.pool_offset(bound.offset, group.pool, span);
        self.dynamic_offsets(bound, group, span);
    }

    /// Source: WebGPU, 14.1 `setBindGroup`.
    fn dynamic_offsets(&mut self, bound: &BoundGroup, group: &Group, span: Span) {
        let layout = match *group.layout {
            GroupLayout::Explicit(id) => match &self.scene.layouts[id.0] {
                Some(layout) => Some(layout),
                None => return,
            },
            GroupLayout::Auto(..) => None,
        };
        let mut dynamic: Vec<&LayoutEntry> = layout
            .iter()
            .flat_map(|layout| &layout.entries)
            .filter(|entry| matches!(entry.kind, LayoutKind::Buffer { dynamic: true, .. }))
            .collect();
        dynamic.sort_by_key(|entry| entry.binding);
        let name = &group.named.name;
        if dynamic.len() != bound.dynamic.len() {
            let message = format!("{}, and `{name}` has {}", counted(bound.dynamic.len(), "dynamic offset"), dynamic.len());
            let mut diagnostic = Diagnostic::new(Code::DynamicOffsets, span, message);
            diagnostic = match layout {
                Some(layout) => diagnostic.also(layout.named.span, "its layout"),
                None => diagnostic.also(group.named.span, "it follows an automatic layout, which has none"),
            };
            let numbers: Vec<String> = dynamic.iter().map(|entry| entry.binding.to_string()).collect();
            let help = match numbers.len() {
                0 => "a `#bindGroupLayout` has `buffer={ hasDynamicOffset=true }` for each".to_string(),
                _ => format!("one for each binding with `hasDynamicOffset`, here {}", listed(&numbers)),
            };
            self.report(diagnostic.help(help));
            return;
        }
        for (row, &Spanned { value: offset, span: at }) in dynamic.into_iter().zip(&bound.dynamic) {
            let alignment = match &row.kind {
                LayoutKind::Buffer { ty: BufferBindingType::Storage | BufferBindingType::ReadOnlyStorage, .. } => {
                    Limit::MinStorageBufferOffsetAlignment
                }
                _ => Limit::MinUniformBufferOffsetAlignment,
            };
            let alignment = self.scene.device.limit32(alignment);
            if !offset.is_multiple_of(alignment) {
                let message = not_a_multiple("offset", offset, alignment);
                self.report(Diagnostic::new(Code::Unaligned, at, message));
            }
            let Some(entry) = group.entries.iter().find(|entry| entry.binding == row.binding) else { continue };
            let Resource::Buffer { buffer, offset: first, size, .. } = entry.resource else { continue };
            let Some(buffer) = self.scene.buffer(buffer) else { continue };
            let bytes = size.unwrap_or(buffer.size.saturating_sub(first.value));
            let end = u64::from(*first) + u64::from(bytes) + u64::from(offset);
            if end > u64::from(*buffer.size) {
                let message = format!("the bound range ends at byte {end}, and `{}` has {}", buffer.named.name, buffer.size);
                let mut diagnostic = Diagnostic::new(Code::BindingTooSmall, at, message).also(entry.span, "bound here");
                if size.is_none() {
                    diagnostic = diagnostic.help("the whole buffer is bound: write `size=` and what one offset gives");
                }
                self.report(diagnostic);
            }
        }
    }

    fn set_vertices(&mut self, bound: &'s BoundVertices, span: Span) {
        self.vertices.insert(bound.slot, (bound, span));
        let most = self.scene.device.limit32(Limit::MaxVertexBuffers);
        if bound.slot >= most {
            let message = format!("vertex buffer {}, and there are at most {most}", bound.slot);
            let diagnostic = Diagnostic::new(Code::TooMany, span, message);
            self.report(self.scene.device.raise(diagnostic, Limit::MaxVertexBuffers, u64::from(bound.slot) + 1));
        }
        let Some(buffer) = self.scene.buffer(bound.buffer) else { return };
        self.not_pooled(buffer.pool, &buffer.named.name, span);
        let is_other = buffer_needs(buffer, ("VERTEX", buffer_usage::VERTEX), span, self.diagnostics);
        self.pool_offset(bound.member, buffer.pool, span);
        let fits = self.range(buffer, (bound.offset, bound.size), 4, span);
        self.doubt(span, is_other || !fits);
    }

    fn set_indices(&mut self, bound: &'s BoundIndices, span: Span) {
        self.indices = Some((bound, span));
        let Some(buffer) = self.scene.buffer(bound.buffer) else { return };
        self.not_pooled(buffer.pool, &buffer.named.name, span);
        let is_other = buffer_needs(buffer, ("INDEX", buffer_usage::INDEX), span, self.diagnostics);
        let fits = self.range(buffer, (bound.offset, bound.size), if bound.wide { 4 } else { 2 }, span);
        self.doubt(span, is_other || !fits);
    }

    /// What is bound at a place is wrong, or not: nothing is said of how many vertices or indices there are in what is.
    fn doubt(&mut self, place: Span, is_wrong: bool) {
        if is_wrong {
            self.doubtful.insert(place);
        } else {
            self.doubtful.remove(&place);
        }
    }

    /// A range of a vertex or index buffer, and whether nothing is wrong with it; its offset is a multiple of `unit` bytes. It
    /// may be empty.
    fn range(&mut self, buffer: &Buffer, (offset, size): (u32, Option<u32>), unit: u32, span: Span) -> bool {
        let end = u64::from(offset) + u64::from(size.unwrap_or(0));
        if end > u64::from(*buffer.size) {
            let message = format!("the range ends at byte {end}, and `{}` has {}", buffer.named.name, buffer.size);
            self.report(Diagnostic::new(Code::DrawOutOfRange, span, message).also(buffer.size.span, "its size"));
        } else if !offset.is_multiple_of(unit) {
            self.report(Diagnostic::new(Code::Unaligned, span, not_a_multiple("offset", offset, unit)));
        } else {
            return true;
        }
        false
    }

    /// Source: WebGPU, 17.2.2 `drawIndirect`; 16.1 `dispatchWorkgroupsIndirect`.
    fn indirect(&mut self, from: &Indirect, (what, bytes): (&str, u32), span: Span) {
        let Some(buffer) = self.scene.buffer(from.buffer) else { return };
        self.not_pooled(buffer.pool, &buffer.named.name, span);
        if buffer_needs(buffer, ("INDIRECT", buffer_usage::INDIRECT), span, self.diagnostics) {
            return;
        }
        if !from.offset.is_multiple_of(4) {
            self.report(Diagnostic::new(Code::Unaligned, span, not_a_multiple("offset", from.offset, 4)));
        }
        let end = u64::from(from.offset) + u64::from(bytes);
        if end > u64::from(*buffer.size) {
            let name = &buffer.named.name;
            let message = format!("`{what}` reads {bytes} bytes up to byte {end}, and `{name}` has {}", buffer.size);
            self.report(Diagnostic::new(Code::DrawOutOfRange, span, message).also(buffer.size.span, "its size"));
        }
    }

    /// Whether everything that the pipeline needs is set; the pipeline, if it is known. Source: WebGPU, "validate encoder bind
    /// groups".
    fn work(&mut self, span: Span) -> Option<PipelineId> {
        let Some((id, _)) = self.pipeline else {
            if self.first(Said::NoPipeline) {
                let what = if matches!(self.recording, Recording::Compute(_)) { "dispatches" } else { "draws" };
                let message = format!("`{}` {what} without a pipeline", self.recording.text());
                let diagnostic = self.forgotten(Diagnostic::new(Code::IncompletePass, span, message), "add `pipeline=…`");
                self.report(diagnostic);
            }
            return None;
        };
        let named = self.scene.pipeline_name(id)?;
        let layout = self.scene.pipeline_layout(id)?;
        let explicit = layout.map(|id| self.scene.group_layouts(id));
        if matches!(explicit, Some(None)) {
            return Some(id);
        }
        let explicit = explicit.flatten();
        let misplaced = self.misplaced(id, explicit);
        for (slot, (bound, at)) in self.groups.clone() {
            if misplaced.iter().any(|(at, _)| *at == slot) {
                continue;
            }
            let wanted = match explicit {
                Some(layout) => layout.groups.get(slot as usize).map(|layout| GroupLayout::Explicit(*layout)),
                None => self.uses(id, slot).then_some(GroupLayout::Auto(id, slot)),
            };
            match wanted {
                Some(wanted) => {
                    self.idle.remove(&(slot, at.start));
                    self.group_fits(slot, bound, at, wanted, id);
                    let group = self.scene.group(bound.group).filter(|_| explicit.is_some());
                    let group = group.filter(|group| equivalent(self.scene, group.layout.value, wanted));
                    if let Some(group) = group
                        && self.first(Said::Sizes(id, slot, bound.group))
                    {
                        late_sizes(self.scene, group, id, slot, self.diagnostics);
                    }
                }
                // What the pipeline has no place for is ignored, unless nothing in the pass has.
                None => {
                    if let Some((.., last)) = self.idle.get_mut(&(slot, at.start)) {
                        *last = Some(id);
                    }
                }
            }
        }
        // All that an explicit layout has must be set, whether or not the shaders use it.
        let needed = |this: &mut Self, group: u32| match explicit {
            Some(layout) => {
                let layout = layout.groups.get(group as usize).and_then(|id| self.scene.layout(*id));
                layout.is_some_and(|layout| !layout.entries.is_empty())
            }
            None => this.uses(id, group),
        };
        let slots: Vec<u32> = match explicit {
            Some(layout) => (0..).zip(layout.groups.iter()).map(|(slot, _)| slot).collect(),
            None => self.used(id).iter().copied().collect(),
        };
        // What is set at another index is told of there.
        let is_set = |group: &u32| self.groups.contains_key(group) || misplaced.iter().any(|(_, wanted)| wanted == group);
        let unset: Vec<u32> = slots.into_iter().filter(|group| !is_set(group)).collect();
        let missing: Vec<String> =
            unset.into_iter().filter(|group| needed(self, *group)).map(|group| group.to_string()).collect();
        if !missing.is_empty() && self.first(Said::NoGroups(id)) {
            let name = &self.recording.named().name;
            let message = format!("`{}` needs bind group {}, which `{name}` does not set", named.name, listed(&missing));
            let mut diagnostic = Diagnostic::new(Code::IncompletePass, span, message).clue(Clue::LacksGroup);
            diagnostic = diagnostic.also(named.span, "the pipeline");
            let variable = missing.first().and_then(|group| variable_of(self.scene, id, group.parse().ok()?));
            let mut help = "add it to `bindGroups`".to_string();
            if let Some((name, span)) = variable {
                diagnostic = diagnostic.also(span, format!("`{name}` is in this group"));
                help = format!("add the `#bindGroup` that binds `{name}` to `bindGroups`");
            }
            let diagnostic = self.forgotten(diagnostic, &help);
            self.report(diagnostic);
        }
        Some(id)
    }

    /// Groups that are set at another index than the one they are for, where that one has no other group: where each is, and where it
    /// should be. They are one mistake.
    fn misplaced(&mut self, id: PipelineId, explicit: Option<&PipelineLayout>) -> Vec<(u32, u32)> {
        let scene = self.scene;
        let wanted = |slot: u32| match explicit {
            Some(layout) => layout.groups.get(slot as usize).map(|layout| GroupLayout::Explicit(*layout)),
            None => Some(GroupLayout::Auto(id, slot)),
        };
        let groups = self.groups.clone();
        let fits = |slot: u32| {
            let group = groups.get(&slot).and_then(|(bound, _)| scene.group(bound.group));
            group.zip(wanted(slot)).is_some_and(|(group, wanted)| equivalent(scene, group.layout.value, wanted))
        };
        let mut found: Vec<(u32, u32, &str, Span)> = Vec::new();
        for (&slot, (bound, at)) in &groups {
            let Some(group) = scene.group(bound.group).filter(|_| !fits(slot)) else { continue };
            let place = match (*group.layout, explicit) {
                (GroupLayout::Auto(other, place), None) if other == id => Some(place),
                (GroupLayout::Explicit(_), Some(layout)) => {
                    let is_it = |(_, of): &(u32, &LayoutId)| equivalent(scene, group.layout.value, GroupLayout::Explicit(**of));
                    let mut places = (0..).zip(layout.groups.iter()).filter(is_it).map(|(place, _)| place);
                    places.next().filter(|_| places.next().is_none())
                }
                _ => None,
            };
            let Some(place) = place.filter(|place| !fits(*place)) else { continue };
            if explicit.is_some() || self.uses(id, place) {
                found.push((slot, place, &group.named.name, *at));
            }
        }
        let name = scene.pipeline_name(id).map_or("?", |named| &named.name);
        if let [(slot, place, group, at), others @ ..] = found.as_slice()
            && self.first(Said::Misplaced(id, at.start))
        {
            let message = format!("`{group}` is for group {place} of `{name}`, here it is group {slot}");
            let mut diagnostic = Diagnostic::new(Code::GroupIndex, *at, message);
            for (slot, place, group, at) in others {
                diagnostic = diagnostic.also(*at, format!("`{group}` is for group {place}, here it is group {slot}"));
            }
            self.report(diagnostic.help("its position in `bindGroups` is its group"));
        }
        found.iter().map(|(slot, place, ..)| (*slot, *place)).collect()
    }

    /// Whether a pipeline with an automatic layout uses a group.
    fn uses(&mut self, pipeline: PipelineId, group: u32) -> bool {
        self.used(pipeline).contains(&group)
    }

    /// The groups that a pipeline with an automatic layout uses.
    fn used(&mut self, pipeline: PipelineId) -> &BTreeSet<u32> {
        self.uses.entry(pipeline).or_insert_with(|| used_groups(self.scene, pipeline).unwrap_or_default())
    }

    /// Says why something is not set: a bundle forgot it, or it was never there.
    fn forgotten(&self, diagnostic: Diagnostic, help: &str) -> Diagnostic {
        match self.forgotten {
            Some(span) => diagnostic
                .also(span, "bundles forget what was set before them")
                .help("set pipeline, bind groups and buffers again after `executeBundles`, in `commands`"),
            None => diagnostic.help(help),
        }
    }

    fn group_fits(&mut self, slot: u32, bound: &BoundGroup, span: Span, wanted: GroupLayout, pipeline: PipelineId) {
        let scene = self.scene;
        let (Some(group), Some(named)) = (scene.group(bound.group), scene.pipeline_name(pipeline)) else { return };
        if equivalent(scene, group.layout.value, wanted) || !self.first(Said::Group(pipeline, slot, span.start)) {
            return;
        }
        let name = &group.named.name;
        let new = |message: String| Diagnostic::new(Code::GroupIndex, span, message);
        let diagnostic = match *group.layout {
            GroupLayout::Auto(other, index) if other == pipeline => {
                new(format!("`{name}` is for group {index} of `{}`, here it is group {slot}", named.name))
                    .help("its position in `bindGroups` is its group")
            }
            GroupLayout::Auto(other, _) => {
                // Groups of one pipeline in a pass of another are one mistake.
                if !self.first(Said::Foreign(pipeline, other)) {
                    return;
                }
                let other = scene.pipeline_name(other).map_or("?", |named| &named.name);
                new(format!("`{name}` is for the automatic layout of `{other}`, the pass uses `{}`", named.name))
                    .help("automatic layouts are not shared between pipelines: make a bind group for each, or write a `#bindGroupLayout`")
            }
            GroupLayout::Explicit(_) => new(format!("`{name}` has another layout than group {slot} of `{}`", named.name))
                .help("give the pipeline a `#pipelineLayout` with the same `#bindGroupLayout`"),
        };
        self.report(diagnostic.also(group.layout.span, "the group's layout"));
    }

    /// A group that no draw of the pass has a place for. WebGPU does not mind, but most likely its index is wrong.
    fn idle_group(&mut self, slot: u32, bound: &BoundGroup, span: Span, pipeline: PipelineId) {
        let scene = self.scene;
        let (Some(group), Some(named)) = (scene.group(bound.group), scene.pipeline_name(pipeline)) else { return };
        // An empty one is set on purpose, where the pipeline has nothing.
        if group.entries.is_empty() || used_groups(scene, pipeline).is_none() {
            return;
        }
        let message = format!("`{}` is set as group {slot}, and `{}` has no such group", group.named.name, named.name);
        let diagnostic = Diagnostic::new(Code::IdleGroup, span, message).label("nothing reads it");
        let help = "its position in `bindGroups` is its group: leave it out, or put it where it is read";
        self.report(diagnostic.also(named.span, "the pipeline").help(help));
    }

    /// Vertices and instances are count and first; what the GPU alone knows is `None`.
    /// Source: WebGPU, 17.2.2 "valid to draw", "valid to draw indexed".
    fn draw(&mut self, vertices: Option<(u32, u32)>, instances: Option<(u32, u32)>, span: Span) {
        let Some(PipelineId::Render(id)) = self.work(span) else { return };
        let Some(pipeline) = self.scene.render_pipeline(id) else { return };
        self.together(PipelineId::Render(id), pipeline, span);
        let mut empty: Vec<(u32, Span)> = Vec::new();
        for (slot, layout) in (0..).zip(pipeline.buffers.iter()) {
            let Some(layout) = layout else { continue };
            let Some((bound, at)) = self.vertices.get(&slot) else {
                if self.first(Said::NoVertices(PipelineId::Render(id), slot)) {
                    empty.push((slot, layout.span));
                }
                continue;
            };
            let Some(buffer) = self.scene.buffer(bound.buffer) else { continue };
            if self.doubtful.contains(at) {
                continue;
            }
            let available = u64::from(bound.size.unwrap_or(buffer.size.saturating_sub(bound.offset)));
            let ends = layout.attributes.iter().map(|a| u64::from(a.offset) + u64::from(a.format.layout().2));
            let last = ends.max().unwrap_or(0);
            let stride = u64::from(*layout.stride);
            // A layout that cannot be is reported where it stands.
            if stride % 4 != 0 || (stride > 0 && last > stride) {
                continue;
            }
            let Some((count, first)) = (if layout.per_instance { instances } else { vertices }) else { continue };
            let end = u64::from(count) + u64::from(first);
            let needed = if end == 0 { 0 } else { (end - 1) * stride + last };
            // One that draws nothing counts as well, up to where it would start.
            if needed > available {
                let what = match (layout.per_instance, end) {
                    (true, 1) => "instance needs",
                    (true, _) => "instances need",
                    (false, 1) => "vertex needs",
                    (false, _) => "vertices need",
                };
                let message = format!("{end} {what} {needed} bytes, `{}` has {available}", buffer.named.name);
                let diagnostic = Diagnostic::new(Code::DrawOutOfRange, span, message);
                self.report(diagnostic.also(buffer.size.span, "its size").also(layout.span, "its layout"));
            }
        }
        if !empty.is_empty() {
            let slots: Vec<String> = empty.iter().map(|(slot, _)| slot.to_string()).collect();
            let what = if slots.len() == 1 { "a vertex buffer in slot" } else { "vertex buffers in slots" };
            let message = format!("`{}` needs {what} {}", pipeline.named.name, listed(&slots));
            let mut diagnostic = Diagnostic::new(Code::IncompletePass, span, message);
            for (_, layout) in &empty {
                diagnostic = diagnostic.also(*layout, "its layout");
            }
            let them = if slots.len() == 1 { "add it to `vertexBuffers`" } else { "add them to `vertexBuffers`" };
            let diagnostic = self.forgotten(diagnostic, them);
            self.report(diagnostic);
        }
    }

    /// All that is set counts, whether or not the pipeline has a place for it. Source: WebGPU, 17.2.2 "valid to draw",
    /// maxBindGroupsPlusVertexBuffers.
    fn together(&mut self, id: PipelineId, pipeline: &RenderPipeline, span: Span) {
        let limit = Limit::MaxBindGroupsPlusVertexBuffers;
        let groups = self.groups.last_key_value().map_or(0, |(slot, _)| slot + 1);
        let buffers = self.vertices.last_key_value().map_or(0, |(slot, _)| slot + 1);
        let most = self.scene.device.limit32(limit);
        if groups + buffers <= most
            || super::pipelines::has_too_many_together(self.scene, id, pipeline)
            || !self.first(Said::Together)
        {
            return;
        }
        let message = format!(
            "{} bind groups and {} vertex buffers are set here, but at most {most} are allowed together",
            groups, buffers
        );
        let diagnostic = Diagnostic::new(Code::TooMany, span, message).help("all of them count up to the last one that is set");
        self.report(self.scene.device.raise(diagnostic, limit, u64::from(groups + buffers)));
    }

    /// Strips by index end where an index is the largest of its format, so the pipeline has to know that format.
    fn strips(&mut self, wide: bool, set: Span, draw: Span) {
        let Some((id @ PipelineId::Render(render), _)) = self.pipeline else { return };
        let Some(pipeline) = self.scene.render_pipeline(render) else { return };
        let diagnostic = match pipeline.primitive.strip_index_format {
            Some(strip) if (*strip == IndexFormat::Uint32) != wide => {
                let message = format!("the pipeline's strips have {} indices", strip.text());
                Diagnostic::new(Code::AttachmentMismatch, set, message).help("make `indexFormat` and `stripIndexFormat` the same")
            }
            None if pipeline.primitive.is_strip() => {
                let message = format!("`{}` draws strips by index and has no `stripIndexFormat`", pipeline.named.name);
                let format = if wide { "uint32" } else { "uint16" };
                Diagnostic::new(Code::AttachmentMismatch, draw, message)
                    .also(pipeline.named.span, "the pipeline")
                    .help(format!("add `stripIndexFormat={format}` to its `primitive`"))
            }
            Some(_) | None => return,
        };
        if self.first(Said::Strip(id, set.start)) {
            self.report(diagnostic);
        }
    }

    /// The index buffer of a draw; `range` is count and first, if they are known.
    fn indexed(&mut self, range: Option<(u32, u32)>, span: Span) {
        let Some((bound, at)) = self.indices else {
            if self.first(Said::NoIndices) {
                // One that lacks everything is one finding.
                let lacks_all = self.pipeline.is_none() && self.first(Said::NoPipeline);
                let (what, help) = if lacks_all {
                    ("a pipeline and an index buffer", "add `pipeline=…` and `indexBuffer=…`")
                } else {
                    ("an index buffer", "add `indexBuffer=…`")
                };
                let message = format!("`{}` draws by index without {what}", self.recording.text());
                let diagnostic = self.forgotten(Diagnostic::new(Code::IncompletePass, span, message), help);
                self.report(diagnostic);
            }
            return;
        };
        self.strips(bound.wide, at, span);
        let (Some(buffer), Some((count, first))) = (self.scene.buffer(bound.buffer), range) else { return };
        if self.doubtful.contains(&at) {
            return;
        }
        let available = u64::from(bound.size.unwrap_or(buffer.size.saturating_sub(bound.offset)));
        let width = if bound.wide { 4 } else { 2 };
        let end = u64::from(count) + u64::from(first);
        let needed = end * width;
        if needed > available {
            let message = format!("{end} indices need {needed} bytes, `{}` has {available}", buffer.named.name);
            let help = if bound.wide {
                "the indices are taken as uint32; write `indexFormat=uint16` if they are not"
            } else {
                "the indices are uint16"
            };
            let diagnostic = Diagnostic::new(Code::DrawOutOfRange, span, message);
            self.report(diagnostic.also(buffer.size.span, "its size").help(help));
        }
    }

    /// Source: WebGPU, 17.2.4 `setViewport`. A viewport may reach outside of what is drawn to; that it does is worth a word.
    fn viewport(&mut self, numbers: &[Measure; 6], span: Span) {
        let fixed = numbers.map(|number| match number {
            Measure::Fixed(number) => Some(number),
            Measure::Canvas(_) => None,
        });
        let [x, y, width, height, near, far] = fixed;
        let mut wrong = Vec::new();
        for (name, depth) in [("minDepth", near), ("maxDepth", far)] {
            if depth.is_none() {
                wrong.push(format!("`{name}` is 0 to 1, so it cannot follow the canvas"));
            }
        }
        let widest = self.scene.device.limit32(Limit::MaxTextureDimension2D) as f32;
        for (name, size) in [("width", width), ("height", height)] {
            if let Some(size) = size.filter(|size| !(0.0..=widest).contains(size)) {
                wrong.push(format!("a viewport's {name} is 0 to {widest}, this one is {size}"));
            }
        }
        let (least, most) = (-2.0 * widest, 2.0 * widest - 1.0);
        let beyond = |start: Option<f32>, size: Option<f32>| {
            start.is_some_and(|start| start < least || start + size.unwrap_or(0.0) > most)
        };
        if wrong.is_empty() && (beyond(x, width) || beyond(y, height)) {
            wrong.push(format!("a viewport must lie between {least} and {most}"));
        }
        if let (Some(near), Some(far)) = (near, far)
            && (!(0.0..=1.0).contains(&near) || !(0.0..=1.0).contains(&far) || near > far)
        {
            wrong.push(format!("depths from {near} to {far}, where 0 ≤ minDepth ≤ maxDepth ≤ 1"));
        }
        if !wrong.is_empty() {
            wrong.into_iter().for_each(|message| self.report(Diagnostic::new(Code::Viewport, span, message)));
            return;
        }
        let Some([Extent::Fixed(columns), Extent::Fixed(rows)]) = self.size() else { return };
        let outside = |start: Option<f32>, size: Option<f32>, texels: u32| {
            start.zip(size).is_some_and(|(start, size)| start < 0.0 || start + size > texels as f32)
        };
        if outside(x, width, columns) || outside(y, height, rows) {
            let message = format!("the viewport reaches outside of the {columns} × {rows} pixels that are drawn to");
            let diagnostic = Diagnostic::new(Code::ViewportOutside, span, message);
            self.report(diagnostic.help("what lies outside is not drawn, but the picture is stretched as if it were"));
        }
    }

    /// The size of what is drawn to, if it is known.
    fn size(&self) -> Option<[Extent; 2]> {
        match self.recording {
            Recording::Render(pass) => sized(self.scene, pass).first().map(|(size, _)| *size),
            Recording::Compute(_) | Recording::Bundle(_) => None,
        }
    }

    /// Source: WebGPU, 17.2.4 `setScissorRect`.
    fn scissor(&mut self, numbers: &[Extent; 4], span: Span) {
        let Some(size) = self.size() else { return };
        let [x, y, width, height] = *numbers;
        let target = super::passes::size_text(&size);
        for (name, start, len, whole) in [("right", x, width, size[0]), ("bottom", y, height, size[1])] {
            match inside(start, len, whole, &self.scene.device) {
                Fit::Every => {}
                Fit::Some { canvas: [width, height] } => {
                    let message = format!("the scissor rectangle does not fit on a canvas of {width} × {height}");
                    let diagnostic = Diagnostic::new(Code::EveryCanvas, span, message)
                        .label(format!("reaches over the {name} edge of {target} pixels there"));
                    self.report(diagnostic.help("WebGPU refuses that: follow `canvas.width` and `canvas.height`"));
                    return;
                }
                Fit::None => {
                    let message = format!("the scissor rectangle reaches over the {name} edge of {target} pixels");
                    self.report(Diagnostic::new(Code::Viewport, span, message).help("it must lie inside what is drawn to"));
                    return;
                }
            }
        }
    }

    /// Source: WebGPU, 17.2.5 `beginOcclusionQuery`.
    fn begin_query(&mut self, index: u32, span: Span) {
        if let Some(open) = self.query.replace(span) {
            let diagnostic = Diagnostic::new(Code::Query, span, "an occlusion query is open here already");
            self.report(diagnostic.also(open, "begun here").help("end it with `{ endOcclusionQuery=true }`"));
        }
        let set = match self.recording {
            Recording::Render(pass) => pass.occlusion,
            Recording::Compute(_) | Recording::Bundle(_) => None,
        };
        let Some(Spanned { value: set, span: set_span }) = set else {
            let message = format!("`{}` has no `occlusionQuerySet`", self.recording.text());
            self.report(Diagnostic::new(Code::Query, span, message).help("add `occlusionQuerySet=…` to the pass"));
            return;
        };
        if let Some(earlier) = self.queries.insert(index, span) {
            let message = format!("query {index} is written twice in one pass");
            self.report(Diagnostic::new(Code::Query, span, message).also(earlier, "first written here"));
        }
        if let Some(set) = self.scene.query_set(set)
            && index >= set.count
        {
            let message = format!("there is no query {index}: `#querySet {}` has a count of {}", set.named.name, set.count);
            self.report(Diagnostic::new(Code::Query, span, message).also(set_span, "the pass' query set"));
        }
    }

    /// Source: WebGPU, 18.1 `executeBundles`.
    fn execute(&mut self, bundles: &[BundleId], span: Span) {
        for bundle in bundles.iter().filter_map(|id| self.scene.bundle(*id)) {
            let message = self.targets.as_ref().and_then(|targets| targets.refuse_bundle(bundle));
            if let Some(message) = message {
                let diagnostic = Diagnostic::new(Code::BundleMismatch, span, message);
                self.report(diagnostic.also(bundle.colors.span, format!("`#renderBundle {}`", bundle.named.name)));
            }
        }
        self.pipeline = None;
        self.groups.clear();
        self.vertices.clear();
        self.indices = None;
        self.forgotten = Some(span);
    }
}
