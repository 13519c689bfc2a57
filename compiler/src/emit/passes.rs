//! Passes.

use super::*;

impl Emitter<'_> {
    pub(super) fn set_groups(&self, groups: &[BoundGroup], out: &mut Vec<Command>) {
        for (slot, bound) in groups.iter().enumerate() {
            let pool = self.scene.group(bound.group).expect(HOLE).pool;
            let picks = Pick::member(2, pool, bound.offset).into_iter().collect();
            let args = vec![Arg::Number(slot as u32), Arg::Number(self.ids.groups[bound.group.0])];
            out.push(Command { op: Op::SetBindGroup, args, picks, span: Some(bound.span) });
        }
    }

    pub(super) fn compute_pass(&mut self, pass: &ComputePass) -> Vec<Command> {
        let mut out = vec![bare(Op::BeginComputePass, &[], Some(pass.named.span))];
        let pipeline = (self.scene.render_pipelines.len() + pass.pipeline.0.0) as u32;
        out.push(bare(Op::SetPipeline, &[pipeline], Some(pass.pipeline.1)));
        self.set_groups(&pass.groups, &mut out);
        out.push(bare(Op::Dispatch, &pass.dispatch, Some(pass.dispatch_span)));
        out.push(bare(Op::EndPass, &[], Some(pass.named.span)));
        out
    }

    pub(super) fn init_pass(&mut self, id: InitId, init: &Init) -> Vec<Command> {
        let span = Some(init.named.span);
        let mut out = vec![bare(Op::BeginComputePass, &[], span)];
        let pipeline = (self.scene.render_pipelines.len() + self.scene.compute_pipelines.len() + id.0) as u32;
        out.push(bare(Op::SetPipeline, &[pipeline], span));
        for member in 0..self.scene.buffer(init.buffer).expect(HOLE).pool {
            out.push(bare(Op::SetBindGroup, &[0, self.ids.init_groups[id.0] + member], span));
            out.push(bare(Op::Dispatch, &init.dispatch, Some(init.dispatch_span)));
        }
        out.push(bare(Op::EndPass, &[], span));
        out
    }

    pub(super) fn render_pass(&mut self, pass: &RenderPass) -> Vec<Command> {
        let span = Some(pass.named.span);
        let mut out = vec![self.begin_render_pass(pass)];
        if let Some((pipeline, span)) = pass.pipeline {
            out.push(bare(Op::SetPipeline, &[pipeline.0 as u32], Some(span)));
        }
        self.set_groups(&pass.groups, &mut out);
        for (slot, bound) in pass.vertices.iter().enumerate() {
            let id = self.ids.buffers[bound.buffer.0];
            let pool = self.scene.buffer(bound.buffer).expect(HOLE).pool;
            let mut command = match (bound.offset, bound.size) {
                (0, None) => bare(Op::SetVertexBuffer, &[slot as u32, id], Some(bound.span)),
                (offset, size) => {
                    bare(Op::SetVertexBufferRange, &[slot as u32, id, offset, size.unwrap_or(WHOLE)], Some(bound.span))
                }
            };
            command.picks.extend(Pick::member(2, pool, bound.member));
            out.push(command);
        }
        if let Some(bound) = &pass.indices {
            let (id, wide) = (self.ids.buffers[bound.buffer.0], u32::from(bound.wide));
            out.push(match (bound.offset, bound.size) {
                (0, None) => bare(Op::SetIndexBuffer, &[id, wide], Some(bound.span)),
                (offset, size) => bare(Op::SetIndexBufferRange, &[id, wide, offset, size.unwrap_or(WHOLE)], Some(bound.span)),
            });
        }
        for (draw, span) in &pass.draws {
            out.push(match draw {
                Draw::Vertices(operands) => bare(Op::Draw, operands, Some(*span)),
                Draw::Indexed(operands) => bare(Op::DrawIndexed, operands, Some(*span)),
            });
        }
        out.push(bare(Op::EndPass, &[], span));
        out
    }
}

impl Emitter<'_> {
    pub(super) fn begin_render_pass(&mut self, pass: &RenderPass) -> Command {
        let span = Some(pass.named.span);
        if let Some(short) = self.short_begin(pass) {
            return short;
        }
        let cycle = pass.cycle(self.scene).expect("the pools of attachments are checked");
        let variants: Vec<Value> =
            (0..cycle).map(|frame| pass_descriptor(pass, |view| view_ref(self.scene, &self.ids, view, frame))).collect();
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
        if color.resolve.is_some() || color.clear.is_some_and(|clear| clear != [0.0, 0.0, 0.0, 1.0]) {
            return None;
        }
        let depth = match &pass.depth {
            None => u32::from(NONE),
            Some(depth) => {
                if depth.stencil.is_some() || depth.depth != Some(AspectOps::Write { clear: Some(1.0), store: true }) {
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
fn view_ref(scene: &Scene, ids: &Ids, view: AttachmentView, frame: u32) -> Value {
    let (pool, member) = scene.attachment_pool(view);
    let member = (frame + member) % pool;
    match view {
        AttachmentView::Canvas => reference(Kind::DefaultView, u32::from(CANVAS_TEXTURE)),
        AttachmentView::Texture { texture, .. } => reference(Kind::DefaultView, ids.textures[texture.0] + member),
        AttachmentView::View { view, .. } => reference(Kind::TextureView, ids.views[view.0] + member),
    }
}

pub(super) fn load_store(fields: &mut Vec<(Field, Value)>, load: Field, store: Field, clears: bool, stores: bool) {
    fields.push((load, Value::word(if clears { "clear" } else { "load" })));
    fields.push((store, Value::word(if stores { "store" } else { "discard" })));
}

/// The descriptor of a pass; `view_ref` gives the view of an attachment.
fn pass_descriptor(pass: &RenderPass, view_ref: impl Fn(AttachmentView) -> Value) -> Value {
    let colors = pass.colors.iter().map(|color| {
        let mut fields = vec![(Field::View, view_ref(color.view))];
        if let Some(resolve) = color.resolve {
            fields.push((Field::ResolveTarget, view_ref(resolve)));
        }
        // WebGPU's default is 0 0 0 0.
        if let Some(clear) = color.clear.filter(|clear| *clear != [0.0; 4]) {
            fields.push((Field::ClearValue, Value::F32Array(clear.to_vec())));
        }
        load_store(&mut fields, Field::LoadOp, Field::StoreOp, color.clear.is_some(), color.store);
        object(fields)
    });
    let mut fields = vec![(Field::ColorAttachments, Value::Array(colors.collect()))];
    if let Some(depth) = &pass.depth {
        let mut inner = vec![(Field::View, view_ref(depth.view))];
        match depth.depth {
            None => {}
            Some(AspectOps::ReadOnly) => inner.push((Field::DepthReadOnly, Value::Bool(true))),
            Some(AspectOps::Write { clear, store }) => {
                if let Some(clear) = clear {
                    inner.push((Field::DepthClearValue, Value::F32(clear)));
                }
                load_store(&mut inner, Field::DepthLoadOp, Field::DepthStoreOp, clear.is_some(), store);
            }
        }
        match depth.stencil {
            None => {}
            Some(AspectOps::ReadOnly) => inner.push((Field::StencilReadOnly, Value::Bool(true))),
            Some(AspectOps::Write { clear, store }) => {
                if let Some(clear) = clear {
                    uint(&mut inner, Field::StencilClearValue, clear, 0);
                }
                load_store(&mut inner, Field::StencilLoadOp, Field::StencilStoreOp, clear.is_some(), store);
            }
        }
        fields.push((Field::DepthStencilAttachment, object(inner)));
    }
    object(fields)
}
