//! Passes.

use super::*;
use pngine_format::word::{LoadOp, StoreOp};

impl Emitter<'_> {
    /// The commands of a pass or bundle.
    pub(super) fn recorded(&mut self, commands: &Commands) -> Vec<Command> {
        let mut out = Vec::new();
        for command in commands {
            let command = self.pass_command(command, command.span);
            out.push(command);
        }
        out
    }

    fn pass_command(&mut self, command: &PassCommand, span: Span) -> Command {
        let span = Some(span);
        let pick = |count: u32, offset: u32| Pick::member(2, count, offset).into_iter().collect();
        match command {
            PassCommand::SetPipeline(pipeline) => bare(Op::SetPipeline, &[self.pipeline_id(*pipeline)], span),
            PassCommand::SetBindGroup(bound) => {
                let picks = pick(self.scene[bound.group].pool, bound.offset);
                let mut args = vec![Arg::Number(bound.slot), Arg::Number(self.ids.groups[bound.group.0])];
                if bound.dynamic.is_empty() {
                    return Command { op: Op::SetBindGroup, args, picks, span };
                }
                let offsets: Vec<u8> = bound.dynamic.iter().flat_map(|offset| offset.to_le_bytes()).collect();
                args.push(Arg::Blob(self.blobs.add(BlobKind::Bytes, offsets)));
                Command { op: Op::SetBindGroupOffsets, args, picks, span }
            }
            PassCommand::SetVertexBuffer(bound) => {
                let id = self.ids.buffers[bound.buffer.0];
                let picks = pick(self.scene[bound.buffer].pool, bound.member);
                let command = match (bound.offset, bound.size) {
                    (0, None) => bare(Op::SetVertexBuffer, &[bound.slot, id], span),
                    (offset, size) => bare(Op::SetVertexBufferRange, &[bound.slot, id, offset, size.unwrap_or(WHOLE)], span),
                };
                Command { picks, ..command }
            }
            PassCommand::SetIndexBuffer(bound) => {
                let (id, wide) = (self.ids.buffers[bound.buffer.0], u32::from(bound.wide));
                match (bound.offset, bound.size) {
                    (0, None) => bare(Op::SetIndexBuffer, &[id, wide], span),
                    (offset, size) => bare(Op::SetIndexBufferRange, &[id, wide, offset, size.unwrap_or(WHOLE)], span),
                }
            }
            PassCommand::Draw(operands) => bare(Op::Draw, operands, span),
            PassCommand::DrawIndexed(operands) => bare(Op::DrawIndexed, operands, span),
            PassCommand::DrawIndirect(indirect) => self.indirect(Op::DrawIndirect, *indirect, span),
            PassCommand::DrawIndexedIndirect(indirect) => self.indirect(Op::DrawIndexedIndirect, *indirect, span),
            PassCommand::DispatchIndirect(indirect) => self.indirect(Op::DispatchIndirect, *indirect, span),
            PassCommand::Dispatch(counts) => match counts.map(|count| fixed(*count)) {
                [Some(x), Some(y), Some(z)] => bare(Op::Dispatch, &[x, y, z], span),
                _ => {
                    let fields = [Field::X, Field::Y, Field::Z].into_iter().zip(counts.map(|count| resources::extent(*count)));
                    self.region(Op::DispatchDesc, fields.filter(|(_, count)| *count != Value::Uint(1)), span)
                }
            },
            PassCommand::SetViewport(numbers) => {
                let fixed = numbers.map(|number| match number {
                    Measure::Fixed(number) => Some(number.to_bits()),
                    Measure::Canvas(_) => None,
                });
                if let [Some(x), Some(y), Some(w), Some(h), Some(near), Some(far)] = fixed {
                    return bare(Op::SetViewport, &[x, y, w, h, near, far], span);
                }
                let fields = [Field::X, Field::Y, Field::Width, Field::Height, Field::MinDepth, Field::MaxDepth];
                let values = numbers.map(|number| match number {
                    Measure::Fixed(number) => Value::F32(number),
                    Measure::Canvas(factors) => Value::CanvasNumber(factors),
                });
                let mut written = Vec::new();
                for (field, value) in fields.into_iter().zip(values) {
                    dictionary::REGION.put(&mut written, field, value);
                }
                self.region(Op::SetViewportDesc, written, span)
            }
            PassCommand::SetScissorRect(numbers) => match numbers.map(fixed) {
                [Some(x), Some(y), Some(w), Some(h)] => bare(Op::SetScissorRect, &[x, y, w, h], span),
                _ => {
                    let fields = [Field::X, Field::Y, Field::Width, Field::Height];
                    let values = numbers.map(|number| match number {
                        Extent::Fixed(number) => Value::Uint(number),
                        Extent::Canvas(factors) => Value::CanvasNumber(factors),
                    });
                    self.region(Op::SetScissorRectDesc, fields.into_iter().zip(values), span)
                }
            },
            PassCommand::SetBlendConstant(color) => bare(Op::SetBlendConstant, &color.map(f32::to_bits), span),
            PassCommand::SetStencilReference(reference) => bare(Op::SetStencilReference, &[*reference], span),
            PassCommand::BeginOcclusionQuery(query) => bare(Op::BeginOcclusionQuery, &[*query], span),
            PassCommand::EndOcclusionQuery => bare(Op::EndOcclusionQuery, &[], span),
            PassCommand::ExecuteBundles(bundles) => {
                let ids: Vec<u8> =
                    bundles.iter().flat_map(|bundle| u16::try_from(bundle.0).expect(COUNTED).to_le_bytes()).collect();
                let ids = Arg::Blob(self.blobs.add(BlobKind::Bytes, ids));
                Command { op: Op::ExecuteBundles, args: vec![ids], picks: Vec::new(), span }
            }
            PassCommand::PushDebugGroup(label) => self.labelled(Op::PushDebugGroup, label, span),
            PassCommand::PopDebugGroup => bare(Op::PopDebugGroup, &[], span),
            PassCommand::InsertDebugMarker(label) => self.labelled(Op::InsertDebugMarker, label, span),
        }
    }

    fn indirect(&self, op: Op, indirect: Indirect, span: Option<Span>) -> Command {
        bare(op, &[self.ids.buffers[indirect.buffer.0], indirect.offset], span)
    }

    fn labelled(&mut self, op: Op, label: &str, span: Option<Span>) -> Command {
        let label = Arg::Blob(self.blobs.add(BlobKind::Text, label.as_bytes().to_vec()));
        Command { op, args: vec![label], picks: Vec::new(), span }
    }

    fn region(&mut self, op: Op, fields: impl IntoIterator<Item = (Field, Value)>, span: Option<Span>) -> Command {
        let desc = self.descriptor(Type::Region, &object(fields));
        Command { op, args: vec![desc], picks: Vec::new(), span }
    }

    pub(super) fn compute_pass(&mut self, pass: &ComputePass) -> Vec<Command> {
        let span = Some(pass.named.span);
        let begin = match &pass.timestamps {
            None => bare(Op::BeginComputePass, &[], span),
            Some(writes) => {
                let desc = self.descriptor(Type::ComputePass, &object([(Field::TimestampWrites, timestamp_writes(writes))]));
                Command { op: Op::BeginComputePassDesc, args: vec![desc], picks: Vec::new(), span }
            }
        };
        let mut out = vec![begin];
        out.extend(self.recorded(&pass.commands));
        out.push(bare(Op::EndPass, &[], span));
        out
    }

    pub(super) fn init_pass(&mut self, id: InitId, init: &Init) -> Vec<Command> {
        let span = Some(init.named.span);
        let mut out = vec![bare(Op::BeginComputePass, &[], span)];
        let pipeline = (self.scene.render_pipelines.len() + self.scene.compute_pipelines.len() + id.0) as u32;
        out.push(bare(Op::SetPipeline, &[pipeline], span));
        for member in 0..self.scene[*init.buffer].pool {
            out.push(bare(Op::SetBindGroup, &[0, self.ids.init_groups[id.0] + member], span));
            out.push(bare(Op::Dispatch, &*init.dispatch, Some(init.dispatch.span)));
        }
        out.push(bare(Op::EndPass, &[], span));
        out
    }

    pub(super) fn render_pass(&mut self, pass: &RenderPass) -> Vec<Command> {
        let span = Some(pass.named.span);
        let mut out = vec![self.begin_render_pass(pass)];
        out.extend(self.recorded(&pass.commands));
        out.push(bare(Op::EndPass, &[], span));
        out
    }

    /// A bundle's descriptor. What its commands point to lies where it lies once all else is laid out.
    pub(super) fn bundle(&mut self, bundle: &Bundle) -> Arg {
        let formats = bundle.colors.iter().map(|format| Value::Word(format.word())).collect();
        let mut fields = vec![(Field::ColorFormats, Value::Array(formats))];
        if let Some(format) = bundle.depth {
            fields.push((Field::DepthStencilFormat, Value::Word(format.word())));
        }
        dictionary::RENDER_BUNDLE.put(&mut fields, Field::SampleCount, Value::Uint(bundle.sample_count.value));
        for (field, flag) in [(Field::DepthReadOnly, bundle.depth_read_only), (Field::StencilReadOnly, bundle.stencil_read_only)]
        {
            if flag {
                fields.push((field, Value::Bool(true)));
            }
        }
        let commands = self.recorded(&bundle.commands);
        Arg::Blob(self.blobs.add_bundle(fields, commands))
    }
}

fn fixed(extent: Extent) -> Option<u32> {
    match extent {
        Extent::Fixed(number) => Some(number),
        Extent::Canvas(_) => None,
    }
}

fn timestamp_writes(writes: &TimestampWrites) -> Value {
    let mut fields = vec![(Field::QuerySet, reference(Kind::QuerySet, writes.set.0 as u32))];
    for (field, index) in [(Field::BeginningOfPassWriteIndex, writes.begin), (Field::EndOfPassWriteIndex, writes.end)] {
        fields.extend(index.map(|index| (field, Value::Uint(index))));
    }
    object(fields)
}

/// What a pass says of queries.
fn query_fields(pass: &RenderPass) -> Vec<(Field, Value)> {
    let occlusion = pass.occlusion.map(|set| (Field::OcclusionQuerySet, reference(Kind::QuerySet, set.0 as u32)));
    let timestamps = pass.timestamps.as_ref().map(|writes| (Field::TimestampWrites, timestamp_writes(writes)));
    occlusion.into_iter().chain(timestamps).collect()
}

impl Emitter<'_> {
    pub(super) fn begin_render_pass(&mut self, pass: &RenderPass) -> Command {
        let span = Some(pass.named.span);
        if let Some(short) = self.short_begin(pass) {
            return short;
        }
        let cycle = pass.cycle(self.scene).expect("the pools of attachments are checked");
        let variants: Vec<Value> = (0..cycle)
            .map(|frame| pass_descriptor(self.scene, pass, |view| view_ref(self.scene, &self.ids, view, frame)))
            .collect();
        self.with_variants(Op::BeginRenderPassDesc, Type::RenderPass, &variants, span)
    }

    /// BEGIN_RENDER_PASS, if that command can say what the pass wants.
    fn short_begin(&self, pass: &RenderPass) -> Option<Command> {
        let texture = |view: AttachmentView| match view {
            AttachmentView::Canvas => Some(u32::from(CANVAS_TEXTURE)),
            AttachmentView::Texture { texture, .. } => Some(self.ids.textures[texture.0]),
            AttachmentView::View { .. } => None,
        };
        let [color] = pass.colors.as_slice() else { return None };
        if pass.occlusion.is_some() || pass.timestamps.is_some() || color.depth_slice.is_some() {
            return None;
        }
        if color.resolve.is_some() || color.clear.is_some_and(|clear| *clear != [0.0, 0.0, 0.0, 1.0]) {
            return None;
        }
        let depth = match &pass.depth {
            None => u32::from(NONE),
            Some(depth) => {
                if depth.stencil_operations(self.scene).is_some()
                    || depth.depth_operations(self.scene) != Some(AspectOps::Write { clear: Some(1.0), store: true })
                {
                    return None;
                }
                texture(depth.view)?
            }
        };
        let operands = [texture(color.view)?, u32::from(color.clear.is_some()), u32::from(!color.store), depth];
        let mut command = bare(Op::BeginRenderPass, &operands, Some(pass.named.span));
        // The colour's id stands in bytes 1 and 2, the depth's in 5 and 6.
        for (at, view) in [(1, Some(color.view)), (5, pass.depth.as_ref().map(|depth| depth.view))] {
            if let Some((pool, member)) = view.map(|view| self.scene.attachment_pool(view)) {
                command.picks.extend(Pick::member(at, pool, member));
            }
        }
        Some(command)
    }
}

/// The view of an attachment in frame `frame` of the pools' cycle.
fn view_ref(scene: &Accepted, ids: &Ids, view: AttachmentView, frame: u32) -> Value {
    let (pool, member) = scene.attachment_pool(view);
    let member = (frame + member) % pool;
    match view {
        AttachmentView::Canvas => reference(Kind::DefaultView, u32::from(CANVAS_TEXTURE)),
        AttachmentView::Texture { texture, .. } => reference(Kind::DefaultView, ids.textures[texture.0] + member),
        AttachmentView::View { view, .. } => reference(Kind::TextureView, ids.views[view.0] + member),
    }
}

pub(super) fn load_store(fields: &mut Vec<(Field, Value)>, load: Field, store: Field, clears: bool, stores: bool) {
    fields.push((load, Value::Word(if clears { LoadOp::Clear } else { LoadOp::Load }.word())));
    fields.push((store, Value::Word(if stores { StoreOp::Store } else { StoreOp::Discard }.word())));
}

/// The descriptor of a pass; `view_ref` gives the view of an attachment.
fn pass_descriptor(scene: &Accepted, pass: &RenderPass, view_ref: impl Fn(AttachmentView) -> Value) -> Value {
    let colors = pass.colors.iter().map(|color| {
        let mut fields = vec![(Field::View, view_ref(color.view))];
        fields.extend(color.depth_slice.map(|slice| (Field::DepthSlice, Value::Uint(*slice))));
        if let Some(resolve) = color.resolve {
            fields.push((Field::ResolveTarget, view_ref(resolve.value)));
        }
        // WebGPU's default is 0 0 0 0.
        if let Some(clear) = color.clear.filter(|clear| **clear != [0.0; 4]) {
            // Checked: single precision holds it.
            fields.push((Field::ClearValue, Value::F32Array(clear.map(|number| number as f32).to_vec())));
        }
        load_store(&mut fields, Field::LoadOp, Field::StoreOp, color.clear.is_some(), color.store);
        object(fields)
    });
    let mut fields = vec![(Field::ColorAttachments, Value::Array(colors.collect()))];
    if let Some(depth) = &pass.depth {
        let mut inner = vec![(Field::View, view_ref(depth.view))];
        match depth.depth_operations(scene) {
            None => {}
            Some(AspectOps::ReadOnly) => inner.push((Field::DepthReadOnly, Value::Bool(true))),
            Some(AspectOps::Write { clear, store }) => {
                if let Some(clear) = clear {
                    inner.push((Field::DepthClearValue, Value::F32(clear)));
                }
                load_store(&mut inner, Field::DepthLoadOp, Field::DepthStoreOp, clear.is_some(), store);
            }
        }
        match depth.stencil_operations(scene) {
            None => {}
            Some(AspectOps::ReadOnly) => inner.push((Field::StencilReadOnly, Value::Bool(true))),
            Some(AspectOps::Write { clear, store }) => {
                if let Some(clear) = clear {
                    dictionary::DEPTH_STENCIL_ATTACHMENT.put(&mut inner, Field::StencilClearValue, Value::Uint(clear));
                }
                load_store(&mut inner, Field::StencilLoadOp, Field::StencilStoreOp, clear.is_some(), store);
            }
        }
        fields.push((Field::DepthStencilAttachment, object(inner)));
    }
    fields.extend(query_fields(pass));
    object(fields)
}
