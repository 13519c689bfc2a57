//! What passes and bundles do: their properties and their `commands`, as one list.
//!
//! Source: language reference, sections 9.17 to 9.19 and 18.2. The properties come first, in the order pipeline, bind groups, vertex
//! buffers, index buffer, dynamic state; then draws, dispatches and bundles as they stand in the source; then `commands`.

use super::Lowerer;
use crate::language::{
    self, Chosen, Command, Dispatch, Drawing, Either, Elem, Geometry, GroupPart, GroupSlot, Listed, Recording, Rows, VertexPart,
    VertexSlot, all,
};
use pngine_format::word::IndexFormat;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, given};
use pngine_source::source::Span;
use pngine_wgsl::reflect;

/// The list under construction.
#[derive(Default)]
struct Recorder {
    commands: Commands,
    /// Whether something was bad.
    is_damaged: bool,
    /// Index buffers whose format is to be inferred from what comes after them.
    inferred: Vec<usize>,
}

impl Recorder {
    /// Adds a command, or notes that there is a bad one.
    fn push(&mut self, command: Option<PassCommand>, span: Span) {
        match command {
            Some(command) => self.commands.push(Spanned::new(command, span)),
            None => self.is_damaged = true,
        }
    }
}

impl Lowerer<'_> {
    /// All commands of a render pass; `None` if one is bad, which is reported.
    pub(super) fn render_commands(&mut self, pass: &language::RenderPass) -> Option<Commands> {
        let language::RenderPass { geometry, bind_groups_pool_offsets, vertex_buffers_pool_offsets, .. } = pass;
        let mut list = Recorder::default();
        let offsets = (Some(bind_groups_pool_offsets), Some(vertex_buffers_pool_offsets));
        self.declared(geometry, offsets, pass.commands.is_written(), &mut list);
        let language::RenderPass { viewport, scissor_rect, blend_constant, stencil_reference, .. } = pass;
        if viewport.is_written() {
            let command = viewport.value.as_ref().and_then(|value| self.viewport(value, viewport.span));
            list.push(command.map(PassCommand::SetViewport), viewport.span);
        }
        if scissor_rect.is_written() {
            let command = scissor_rect.value.as_ref().and_then(scissor);
            list.push(command.map(PassCommand::SetScissorRect), scissor_rect.span);
        }
        if blend_constant.is_written() {
            let color = blend_constant.written().filter(|_| blend_constant.is_whole()).copied();
            list.push(color.map(blend_color), blend_constant.span);
        }
        if stencil_reference.is_written() {
            let reference = stencil_reference.written().copied();
            list.push(reference.map(PassCommand::SetStencilReference), stencil_reference.span);
        }
        // Draws and bundles keep the order in which they stand.
        let bundles = &pass.execute_bundles;
        let at = bundles.name_span().map(|name| name.start);
        let (before, after): (Vec<_>, Vec<_>) =
            geometry.drawing.iter().partition(|draw| at.is_none_or(|at| draw.name_span.start < at));
        before.into_iter().for_each(|draw| self.draws(draw, &mut list));
        if bundles.is_written() {
            list.push(bundles.value.as_deref().and_then(execute), bundles.span);
        }
        after.into_iter().for_each(|draw| self.draws(draw, &mut list));
        self.finished(list, &pass.commands, Recording::Render)
    }

    /// All commands of a bundle; `None` if one is bad, which is reported.
    pub(super) fn bundle_commands(&mut self, bundle: &language::RenderBundle) -> Option<Commands> {
        let mut list = Recorder::default();
        self.declared(&bundle.geometry, (None, None), bundle.commands.is_written(), &mut list);
        let is = |draw: &&Chosen<Drawing>, indexed: bool| match draw.value {
            Drawing::DrawIndexed(_) => indexed,
            Drawing::Draw(_) => !indexed,
            Drawing::DrawIndirect(_) | Drawing::DrawIndexedIndirect(_) => false,
        };
        // Of the two, a bundle has one. Source: language reference, section 9.19.
        let drawing = &bundle.geometry.drawing;
        let hidden = drawing.iter().find(|draw| is(draw, false)).filter(|_| drawing.iter().any(|draw| is(&draw, true)));
        if let Some(draw) = hidden {
            let message = "`draw` has no effect: a bundle with `drawIndexed` draws by index only";
            let diagnostic = Diagnostic::new(Code::NoEffect, draw.prop_span(), message);
            self.report(diagnostic.help("leave one of them out, or write both as `commands`"));
        }
        for draw in drawing.iter().filter(|draw| hidden.is_none() || !is(draw, false)) {
            self.draws(draw, &mut list);
        }
        self.finished(list, &bundle.commands, Recording::Bundle)
    }

    /// All commands of a compute pass; `None` if one is bad, which is reported.
    pub(super) fn compute_commands(&mut self, pass: &language::ComputePass) -> Option<Commands> {
        let mut list = Recorder::default();
        if pass.pipeline.is_written() {
            let pipeline = pass.pipeline.value.map(PipelineId::Compute);
            list.push(pipeline.map(PassCommand::SetPipeline), pass.pipeline.span);
        }
        self.declared_groups(&pass.bind_groups, Some(&pass.bind_groups_pool_offsets), &mut list);
        for dispatch in &pass.dispatches {
            match &dispatch.value {
                Dispatch::DispatchWorkgroups(counts) => {
                    let counts = counts.as_deref().and_then(workgroups);
                    list.push(counts.map(PassCommand::Dispatch), dispatch.span);
                }
                Dispatch::DispatchWorkgroupsIndirect(sources) => {
                    indirects(sources.as_deref(), dispatch.span, PassCommand::DispatchIndirect, &mut list);
                }
            }
        }
        self.finished(list, &pass.commands, Recording::Compute)
    }

    /// What properties say, and the `commands` after it.
    fn finished(&mut self, mut list: Recorder, commands: &Listed<Chosen<Command>>, recording: Recording) -> Option<Commands> {
        list.is_damaged |= commands.is_bad();
        for element in commands.elements() {
            let Some(command) = &element.value else {
                list.is_damaged = true;
                continue;
            };
            if recording.has(&command.value) {
                self.command(command, &mut list);
                continue;
            }
            let message = format!("`{}` cannot stand in {}", command.row.name, recording.words());
            let help = match recording {
                Recording::Bundle => "a bundle sets pipelines, bind groups and buffers, and draws",
                Recording::Compute => "it goes with render passes",
                Recording::Render => "it goes with compute passes",
            };
            self.report(Diagnostic::new(Code::CommandPlace, command.name_span, message).help(help));
            list.is_damaged = true;
        }
        self.infer_index_formats(&mut list);
        (!list.is_damaged).then_some(list.commands)
    }

    /// The draws of a property.
    fn draws(&mut self, draw: &Chosen<Drawing>, list: &mut Recorder) {
        let span = draw.span;
        match &draw.value {
            Drawing::Draw(Some(draws)) => {
                for draw in draws {
                    let command = draw.value.as_ref().and_then(|draw| self.draw(draw));
                    list.push(command, draw.span);
                }
            }
            Drawing::DrawIndexed(Some(draws)) => {
                for draw in draws {
                    let command = draw.value.as_ref().and_then(|draw| self.draw_indexed(draw));
                    list.push(command, draw.span);
                }
            }
            Drawing::DrawIndirect(sources) => indirects(sources.as_deref(), span, PassCommand::DrawIndirect, list),
            Drawing::DrawIndexedIndirect(sources) => {
                indirects(sources.as_deref(), span, PassCommand::DrawIndexedIndirect, list);
            }
            Drawing::Draw(None) | Drawing::DrawIndexed(None) => list.is_damaged = true,
        }
    }

    /// One of the `commands`.
    fn command(&mut self, chosen: &Chosen<Command>, list: &mut Recorder) {
        let span = chosen.span;
        let command = match &chosen.value {
            Command::SetPipeline(pipeline) => pipeline.map(PassCommand::SetPipeline),
            Command::SetBindGroup(set) => set.as_ref().filter(|set| set.at.is_sound).and_then(|set| {
                bound_group(set.index.value?, set.bind_group.value?, &set.part, 0).map(PassCommand::SetBindGroup)
            }),
            Command::SetVertexBuffer(set) => set.as_ref().filter(|set| set.at.is_sound).and_then(|set| {
                Some(PassCommand::SetVertexBuffer(bound_vertices(set.slot.value?, set.buffer.value?, &set.part, 0)))
            }),
            Command::SetIndexBuffer(buffer) => buffer.as_ref().and_then(|buffer| bound_indices(buffer, None, list)),
            Command::Draw(draw) => draw.as_ref().and_then(|draw| self.draw(draw)),
            Command::DrawIndexed(draw) => draw.as_ref().and_then(|draw| self.draw_indexed(draw)),
            Command::DrawIndirect(source) => source.as_ref().and_then(indirect).map(PassCommand::DrawIndirect),
            Command::DrawIndexedIndirect(source) => source.as_ref().and_then(indirect).map(PassCommand::DrawIndexedIndirect),
            Command::DispatchWorkgroups(counts) => counts.as_deref().and_then(workgroups).map(PassCommand::Dispatch),
            Command::DispatchWorkgroupsIndirect(source) => source.as_ref().and_then(indirect).map(PassCommand::DispatchIndirect),
            Command::SetViewport(viewport) => {
                viewport.as_ref().and_then(|viewport| self.viewport(viewport, span)).map(PassCommand::SetViewport)
            }
            Command::SetScissorRect(rect) => rect.as_ref().and_then(scissor).map(PassCommand::SetScissorRect),
            Command::SetBlendConstant(color) => color.map(blend_color),
            Command::SetStencilReference(reference) => reference.map(PassCommand::SetStencilReference),
            Command::BeginOcclusionQuery(query) => query.map(PassCommand::BeginOcclusionQuery),
            Command::EndOcclusionQuery(Some(true)) => Some(PassCommand::EndOcclusionQuery),
            Command::PopDebugGroup(Some(true)) => Some(PassCommand::PopDebugGroup),
            Command::EndOcclusionQuery(Some(false)) | Command::PopDebugGroup(Some(false)) => {
                let name = chosen.row.name;
                let diagnostic = Diagnostic::new(Code::NoEffect, span, format!("`{name}=false` does nothing"));
                self.report(diagnostic.help(format!("write `{name}=true`, or leave it out")));
                return;
            }
            Command::EndOcclusionQuery(None) | Command::PopDebugGroup(None) => None,
            Command::ExecuteBundles(bundles) => bundles.as_deref().and_then(execute),
            Command::PushDebugGroup(text) => text.clone().map(PassCommand::PushDebugGroup),
            Command::InsertDebugMarker(text) => text.clone().map(PassCommand::InsertDebugMarker),
        };
        list.push(command, span);
    }

    /// The properties of a render pass or bundle that set things.
    fn declared(
        &mut self,
        geometry: &Geometry,
        (group_offsets, vertex_offsets): (Option<&Listed<u32>>, Option<&Listed<u32>>),
        has_commands: bool,
        list: &mut Recorder,
    ) {
        let pipeline = &geometry.pipeline;
        if pipeline.is_written() {
            let id = pipeline.value.map(PipelineId::Render);
            list.push(id.map(PassCommand::SetPipeline), pipeline.span);
        }
        self.declared_groups(&geometry.bind_groups, group_offsets, list);
        self.declared_vertices(&geometry.vertex_buffers, vertex_offsets, list);
        self.declared_indices(geometry, has_commands, list);
    }

    fn declared_groups(
        &mut self,
        groups: &Listed<Either<GroupSlot, GroupId>>,
        offsets: Option<&Listed<u32>>,
        list: &mut Recorder,
    ) {
        let Some(offsets) = self.offsets(groups, offsets) else {
            list.is_damaged = true;
            return;
        };
        list.is_damaged |= groups.is_bad();
        let listed = groups.elements();
        for (slot, element) in (0..).zip(listed) {
            let offset = offsets.get(slot as usize).copied().unwrap_or(0);
            let command = match &element.value {
                Some(Either::B(group)) => Some(BoundGroup { slot, group: *group, offset, dynamic: Vec::new() }),
                Some(Either::A(inner)) if inner.at.is_sound => {
                    if let Some(Spanned { value: index, span }) = inner.index.found().filter(|index| index.value != slot) {
                        let message = format!("`index` is {index}, and this is element {slot} of `bindGroups`");
                        let diagnostic =
                            Diagnostic::new(Code::GroupIndex, span, message).label(format!("its position says {slot}"));
                        self.report(diagnostic.help("leave `index` out, or move the group to that position"));
                        // Which of the two is meant is not known.
                        None
                    } else {
                        inner.bind_group.value.and_then(|group| bound_group(slot, group, &inner.part, offset))
                    }
                }
                _ => None,
            };
            list.push(command.map(PassCommand::SetBindGroup), element.span);
        }
    }

    fn offsets<T>(&mut self, listed: &Listed<T>, offsets: Option<&Listed<u32>>) -> Option<Vec<u32>> {
        let Some(offsets) = offsets else { return Some(Vec::new()) };
        if offsets.is_bad() {
            return None;
        }
        let (list, count, members) = (listed.row.name, offsets.elements().len(), listed.elements().len());
        if count > members && !listed.is_bad() {
            let message = format!("{count} offsets, and `{list}` has {members}");
            let diagnostic = Diagnostic::new(Code::NoEffect, offsets.span, message);
            self.report(
                diagnostic.label("the last ones have no effect").help(format!("element i belongs to element i of `{list}`")),
            );
        }
        all(offsets.elements())
    }

    fn declared_vertices(
        &mut self,
        buffers: &Listed<Either<VertexSlot, BufferId>>,
        offsets: Option<&Listed<u32>>,
        list: &mut Recorder,
    ) {
        let Some(offsets) = self.offsets(buffers, offsets) else {
            list.is_damaged = true;
            return;
        };
        list.is_damaged |= buffers.is_bad();
        for (slot, element) in (0..).zip(buffers.elements()) {
            let member = offsets.get(slot as usize).copied().unwrap_or(0);
            let command = match &element.value {
                Some(Either::B(buffer)) => Some(BoundVertices { slot, buffer: *buffer, member, offset: 0, size: None }),
                Some(Either::A(inner)) => match inner.slot.found().filter(|wanted| wanted.value != slot) {
                    Some(Spanned { value: wanted, span }) => {
                        let message = format!("`slot` is {wanted}, and this is element {slot}");
                        self.report(Diagnostic::new(Code::Conflict, span, message).help("leave `slot` out"));
                        None
                    }
                    None => {
                        let buffer = inner.buffer.value.filter(|_| inner.at.is_sound);
                        buffer.map(|buffer| bound_vertices(slot, buffer, &inner.part, member))
                    }
                },
                None => None,
            };
            list.push(command.map(PassCommand::SetVertexBuffer), element.span);
        }
    }

    fn declared_indices(&mut self, geometry: &Geometry, has_commands: bool, list: &mut Recorder) {
        let Geometry { index_buffer, index_format, drawing, .. } = geometry;
        let is_indexed = |draw: &Chosen<Drawing>| matches!(draw.value, Drawing::DrawIndexed(_) | Drawing::DrawIndexedIndirect(_));
        let no_use = [
            (index_buffer.prop_span().filter(|_| !index_buffer.is_bad()), index_buffer.row.name, "drawIndexed"),
            (index_format.prop_span().filter(|_| !index_format.is_bad()), index_format.row.name, index_buffer.row.name),
        ];
        let is_used = [has_commands || drawing.iter().any(is_indexed), index_buffer.is_written()];
        for ((span, name, needs), is_used) in no_use.into_iter().zip(is_used) {
            if let Some(span) = span.filter(|_| !is_used) {
                let message = format!("`{name}` has no effect without `{needs}`");
                let help = format!("leave it out, or add `{needs}=…`");
                self.report(Diagnostic::new(Code::NoEffect, span, message).help(help));
            }
        }
        if !index_buffer.is_written() {
            return;
        }
        let has_own_format = matches!(&index_buffer.value, Some(Either::A(inner)) if inner.format.value.is_some());
        if let Some(span) = index_format.prop_span().filter(|_| has_own_format) {
            let diagnostic = Diagnostic::new(Code::Conflict, span, "`indexFormat` beside the `format` of the index buffer");
            self.report(diagnostic.also(index_buffer.span, "the format is given here").help("leave one of them out"));
        }
        list.is_damaged |= index_format.is_bad();
        let command = index_buffer.value.as_ref().and_then(|buffer| bound_indices(buffer, index_format.value, list));
        list.push(command, index_buffer.span);
    }

    /// The formats that nobody wrote. Source: language reference, section 9.17, "Index format".
    fn infer_index_formats(&mut self, list: &mut Recorder) {
        let mut declared = None;
        for &index in &list.inferred {
            let after = list.commands.get(index + 1..).unwrap_or_default();
            let until = after.iter().take_while(|command| !matches!(command.value, PassCommand::SetIndexBuffer(_)));
            let mut pipeline = list.commands[..index].iter().rev().find_map(|command| match &command.value {
                PassCommand::SetPipeline(pipeline) => Some(*pipeline),
                _ => None,
            });
            let (mut count, mut strip) = (0, None);
            for command in until {
                match &command.value {
                    PassCommand::SetPipeline(next) => pipeline = Some(*next),
                    PassCommand::DrawIndexed([indices, _, first, ..]) => count = count.max(indices.saturating_add(*first)),
                    _ => {}
                }
                if matches!(command.value, PassCommand::DrawIndexed(_) | PassCommand::DrawIndexedIndirect(_))
                    && let Some(PipelineId::Render(id)) = pipeline
                {
                    strip = strip.or(self.scene.render_pipeline(id).and_then(|pipeline| pipeline.primitive.strip_index_format));
                }
            }
            let PassCommand::SetIndexBuffer(bound) = &list.commands[index].value else { continue };
            let wide = match strip {
                Some(format) => Some(*format == IndexFormat::Uint32),
                None => self.inferred_wide(bound.buffer, count),
            };
            match wide {
                Some(wide) => {
                    if let PassCommand::SetIndexBuffer(bound) = &mut list.commands[index].value {
                        bound.wide = wide;
                    }
                }
                None => declared = Some(index),
            }
        }
        // The buffer is a hole: reported.
        list.is_damaged |= declared.is_some();
    }

    fn inferred_wide(&self, id: BufferId, count: u32) -> Option<bool> {
        let buffer = self.scene.buffer(id)?;
        let filled_by = buffer.initial.map(|data| data.value).or_else(|| {
            self.scene.queues.iter().flatten().flat_map(Queue::buffer_writes).find(|write| write.buffer == id).and_then(|write| {
                match *write.source {
                    Source::Data(data) => Some(data),
                    _ => None,
                }
            })
        });
        match filled_by.and_then(|data| self.scene.data_at(data)).map(|data| data.element_size) {
            Some(4) => return Some(true),
            Some(2) => return Some(false),
            _ => {}
        }
        // What a shader writes as `array<u32>` has 32 bits.
        let is_words = |shader: ShaderId, group: u32, number: u32| {
            self.scene.shaders[shader.0].module.as_ref().is_some_and(|module| {
                module.bindings.iter().any(|binding| match &binding.resource {
                    reflect::Resource::Storage { block, .. } => {
                        (binding.group, binding.binding) == (group, number)
                            && matches!(block.element(), Some(reflect::Scalar::U32 | reflect::Scalar::I32))
                    }
                    _ => false,
                })
            })
        };
        let seeded = self.scene.inits.iter().flatten().any(|init| *init.buffer == id && is_words(init.stage.shader, 0, 0));
        let computed = self.scene.groups.iter().flatten().any(|group| {
            let GroupLayout::Auto(PipelineId::Compute(pipeline), index) = *group.layout else { return false };
            let Some(pipeline) = self.scene.compute_pipeline(pipeline) else { return false };
            group.entries.iter().any(|entry| match entry.resource {
                Resource::Buffer { buffer, .. } => buffer == id && is_words(pipeline.compute.shader, index, entry.binding),
                Resource::Texture { .. } | Resource::View { .. } | Resource::Sampler(_) | Resource::Video(_) => false,
            })
        });
        Some(seeded || computed || u64::from(*buffer.size) >= 4 * u64::from(count))
    }

    fn draw(&mut self, draw: &Either<language::Draw, Vec<Elem<f64>>>) -> Option<PassCommand> {
        let of = |draw: &language::Draw| {
            [&draw.vertex_count, &draw.instance_count, &draw.first_vertex, &draw.first_instance].map(|count| count.value)
        };
        match draw {
            Either::A(draw) => draw.at.is_sound.then(|| PassCommand::Draw(of(draw))),
            Either::B(written) => {
                let mut numbers = of(&language::Draw::empty());
                for (number, written) in numbers.iter_mut().zip(written) {
                    *number = self.whole(written, 0.0, f64::from(u32::MAX))? as u32;
                }
                Some(PassCommand::Draw(numbers))
            }
        }
    }

    fn draw_indexed(&mut self, draw: &Either<language::DrawIndexed, Vec<Elem<f64>>>) -> Option<PassCommand> {
        let of = |draw: &language::DrawIndexed| {
            let [indices, instances, first] = [&draw.index_count, &draw.instance_count, &draw.first_index].map(|n| n.value);
            // A base vertex may be negative: its bits are what counts.
            [indices, instances, first, draw.base_vertex.value as u32, draw.first_instance.value]
        };
        match draw {
            Either::A(draw) => draw.at.is_sound.then(|| PassCommand::DrawIndexed(of(draw))),
            Either::B(written) => {
                let mut numbers = of(&language::DrawIndexed::empty());
                for (position, (number, written)) in numbers.iter_mut().zip(written).enumerate() {
                    *number = match position {
                        3 => self.whole(written, f64::from(i32::MIN), f64::from(i32::MAX))? as i32 as u32,
                        _ => self.whole(written, 0.0, f64::from(u32::MAX))? as u32,
                    };
                }
                Some(PassCommand::DrawIndexed(numbers))
            }
        }
    }

    fn viewport(&mut self, viewport: &Either<language::Viewport, Vec<Elem<Measure>>>, span: Span) -> Option<[Measure; 6]> {
        let depths = |viewport: &language::Viewport| {
            [&viewport.min_depth, &viewport.max_depth].map(|depth| Measure::Fixed(depth.value as f32))
        };
        match viewport {
            Either::A(rect) if !rect.at.is_sound => None,
            Either::A(rect) => {
                let [near, far] = depths(rect);
                Some([rect.x.value?, rect.y.value?, rect.width.value?, rect.height.value?, near, far])
            }
            Either::B(numbers) => {
                let [near, far] = depths(&language::Viewport::empty());
                match all(numbers)?.as_slice() {
                    [x, y, width, height] => Some([*x, *y, *width, *height, near, far]),
                    [x, y, width, height, near, far] => Some([*x, *y, *width, *height, *near, *far]),
                    _ => {
                        let message = format!("a viewport takes 4 or 6 numbers, but {}", given(numbers.len()));
                        let diagnostic = Diagnostic::new(Code::BadLength, span, message);
                        self.report(diagnostic.help("x, y, width and height, and both depths or none of them"));
                        None
                    }
                }
            }
        }
    }
}

/// One, two or three workgroup counts, which may depend on the canvas.
fn workgroups(counts: &[Elem<Extent>]) -> Option<[Spanned<Extent>; 3]> {
    let mut out = [Spanned::new(Extent::Fixed(1), Span::default()); 3];
    for (slot, count) in out.iter_mut().zip(counts) {
        *slot = Spanned::new(count.value?, count.span);
    }
    Some(out)
}

/// The commands of several indirect sources.
fn indirects(
    sources: Option<&[Elem<language::Indirect>]>,
    span: Span,
    command: impl Fn(Indirect) -> PassCommand,
    list: &mut Recorder,
) {
    let Some(sources) = sources else { return list.push(None, span) };
    for source in sources {
        list.push(source.value.as_ref().and_then(indirect).map(&command), source.span);
    }
}

fn execute(bundles: &[Elem<BundleId>]) -> Option<PassCommand> {
    all(bundles).map(PassCommand::ExecuteBundles)
}

fn blend_color(color: [f64; 4]) -> PassCommand {
    PassCommand::SetBlendConstant(color.map(|channel| channel as f32))
}

fn bound_group(slot: u32, group: GroupId, part: &GroupPart, offset: u32) -> Option<BoundGroup> {
    let dynamic: Option<_> =
        part.dynamic_offsets.elements().iter().map(|offset| Some(Spanned::new(offset.value?, offset.span))).collect();
    Some(BoundGroup { slot, group, offset: part.ping_pong.written().copied().unwrap_or(offset), dynamic: dynamic? })
}

fn bound_vertices(slot: u32, buffer: BufferId, part: &VertexPart, member: u32) -> BoundVertices {
    BoundVertices {
        slot,
        buffer,
        member: part.ping_pong.written().copied().unwrap_or(member),
        offset: part.offset.value,
        size: Some(part.size.value).filter(|size| *size != 0),
    }
}

/// An index buffer; one without a format is noted, for what comes after it to tell.
fn bound_indices(
    buffer: &Either<language::IndexSlot, BufferId>,
    format: Option<IndexFormat>,
    list: &mut Recorder,
) -> Option<PassCommand> {
    let (buffer, own_format, offset, size) = match buffer {
        Either::B(buffer) => (*buffer, None, 0, None),
        Either::A(slot) if slot.at.is_sound => {
            (slot.buffer.value?, slot.format.value, slot.offset.value, Some(slot.size.value).filter(|size| *size != 0))
        }
        Either::A(_) => return None,
    };
    let format = own_format.or(format);
    if format.is_none() {
        list.inferred.push(list.commands.len());
    }
    Some(PassCommand::SetIndexBuffer(BoundIndices { buffer, wide: format == Some(IndexFormat::Uint32), offset, size }))
}

fn indirect(source: &language::Indirect) -> Option<Indirect> {
    source.buffer.value.filter(|_| source.at.is_sound).map(|buffer| Indirect { buffer, offset: source.offset.value })
}

fn scissor(rect: &Either<language::Scissor, Vec<Elem<Extent>>>) -> Option<[Extent; 4]> {
    match rect {
        Either::A(rect) if !rect.at.is_sound => None,
        Either::A(rect) => Some([rect.x.value?, rect.y.value?, rect.width.value?, rect.height.value?]),
        Either::B(numbers) => all(numbers)?.try_into().ok(),
    }
}
