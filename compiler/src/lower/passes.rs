//! Passes and frames.

use super::{Lowerer, named};
use crate::diag::{Code, Diagnostic};
use crate::formats;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;
use crate::schema::Ns;
use crate::shader::reflect;
use crate::source::Span;

impl Lowerer<'_> {
    fn attachment_view(&mut self, obj: &Obj, name: &str) -> Option<AttachmentView> {
        match &obj.get(name)?.val {
            Val::CanvasView => Some(AttachmentView::Canvas),
            Val::Decl(Ns::Texture, index) => Some(AttachmentView::Texture { texture: TextureId(*index), member: 0 }),
            Val::Decl(Ns::TextureView, index) => Some(AttachmentView::View { view: ViewId(*index), member: 0 }),
            Val::Obj(inline) => self.inline_view(inline),
            _ => None,
        }
    }

    /// A view that is written where it is drawn to.
    fn inline_view(&mut self, obj: &Obj) -> Option<AttachmentView> {
        if obj.bad("pingPong") {
            return None;
        }
        let member = obj.uint_or("pingPong", 0);
        let texture = TextureId(obj.decl("texture", Ns::Texture)?);
        let of = self.scene.texture(texture)?;
        // What the default view says as well needs no view of its own.
        let is_plain = of.mip_levels == 1
            && of.size[2] == Extent::Fixed(1)
            && obj.props.iter().all(|(name, ..)| matches!(*name, "texture" | "pingPong"));
        self.pool_offset(obj, of.pool);
        if is_plain {
            return Some(AttachmentView::Texture { texture, member });
        }
        let view = self.view(obj, Named { name: "(inline)".to_string(), span: obj.span }, Some(1))?;
        self.scene.views.push(Some(view));
        Some(AttachmentView::View { view: ViewId(self.scene.views.len() - 1), member })
    }

    fn color_attachment(&mut self, obj: &Obj) -> Option<ColorAttachment> {
        if obj.incomplete {
            return None;
        }
        let view = if obj.get("view").is_some() { self.attachment_view(obj, "view")? } else { AttachmentView::Canvas };
        let resolve = if obj.get("resolveTarget").is_some() { Some(self.attachment_view(obj, "resolveTarget")?) } else { None };
        // What is resolved to the canvas counts as the canvas for the default colour.
        let canvas = view == AttachmentView::Canvas || resolve == Some(AttachmentView::Canvas);
        let default = if canvas { [0.0, 0.0, 0.0, 1.0] } else { [0.0; 4] };
        let clear = match obj.get("clearValue") {
            None => default,
            Some(node) => color(node)?,
        };
        let load = match obj.get("loadOp") {
            None => false,
            Some(_) => obj.word("loadOp")?.text() == "load",
        };
        if load && let Some(span) = obj.prop_span("clearValue") {
            self.report(
                Diagnostic::new(Code::ClearNotRead, span, "`clearValue` is not read, because `loadOp` is load")
                    .help("write `loadOp=clear`, or leave the value out"),
            );
        }
        let store = match obj.get("storeOp") {
            None => true,
            Some(_) => obj.word("storeOp")?.text() == "store",
        };
        Some(ColorAttachment { span: obj.span_of("view"), view, resolve, clear: (!load).then_some(clear), store })
    }

    fn depth_attachment(&mut self, obj: &Obj) -> Option<DepthAttachment> {
        if obj.incomplete || obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let view = self.attachment_view(obj, "view")?;
        let format = match view {
            AttachmentView::Canvas => {
                self.report(
                    Diagnostic::new(Code::Attachment, obj.span_of("view"), "the canvas has no depth")
                        .help("declare a `#texture` with a depth format"),
                );
                return None;
            }
            view => {
                let own = if let AttachmentView::View { view, .. } = view { self.scene.view(view)?.format } else { None };
                own.or(self.scene.texture_of(view).map(|texture| texture.format))?
            }
        };
        let info = formats::info(format, &self.scene.device);
        if !info.depth && !info.stencil {
            let message = format!("{} is no depth or stencil format", format.text());
            self.report(
                Diagnostic::new(Code::Attachment, obj.span_of("view"), message).help("such as depth24plus or depth32float"),
            );
            return None;
        }
        for (aspect, has) in [("depth", info.depth), ("stencil", info.stencil)] {
            for op in ["LoadOp", "StoreOp", "ClearValue", "ReadOnly"] {
                let name = format!("{aspect}{op}");
                if !has && let Some(span) = obj.prop_span(&name) {
                    let message = format!("`{name}`, but {} has no {aspect}", format.text());
                    self.report(Diagnostic::new(Code::Attachment, span, message).help("leave it out"));
                }
            }
            for op in ["LoadOp", "StoreOp"] {
                let name = format!("{aspect}{op}");
                if has
                    && obj.bool(&format!("{aspect}ReadOnly")) == Some(true)
                    && let Some(span) = obj.prop_span(&name)
                {
                    let message = format!("`{name}` of a read-only {aspect}");
                    self.report(Diagnostic::new(Code::Attachment, span, message).help("leave it out"));
                }
            }
        }
        for aspect in ["depth", "stencil"] {
            let loads = obj.word(&format!("{aspect}LoadOp")).is_some_and(|op| op.text() == "load");
            if loads && let Some(span) = obj.prop_span(&format!("{aspect}ClearValue")) {
                let message = format!("`{aspect}ClearValue` is not read, because `{aspect}LoadOp` is load");
                let help = format!("write `{aspect}LoadOp=clear`, or leave the value out");
                self.report(Diagnostic::new(Code::ClearNotRead, span, message).help(help));
            }
        }
        let clear_depth = obj.num("depthClearValue").unwrap_or(1.0);
        if !(0.0..=1.0).contains(&clear_depth) {
            let message = format!("a depth of {clear_depth} lies outside 0 to 1");
            self.report(Diagnostic::new(Code::OutOfRange, obj.span_of("depthClearValue"), message));
        }
        let is = |name: &str, word: &str| obj.word(name).is_some_and(|found| found.text() == word);
        let depth = info.depth.then(|| match obj.bool("depthReadOnly") {
            Some(true) => AspectOps::ReadOnly,
            _ => AspectOps::Write {
                clear: (!is("depthLoadOp", "load")).then_some(clear_depth as f32),
                store: !is("depthStoreOp", "discard"),
            },
        });
        let stencil = info.stencil.then(|| match obj.bool("stencilReadOnly") {
            Some(true) => AspectOps::ReadOnly,
            _ => AspectOps::Write {
                clear: (!is("stencilLoadOp", "load")).then(|| obj.uint_or("stencilClearValue", 0)),
                store: !is("stencilStoreOp", "discard"),
            },
        });
        Some(DepthAttachment { span: obj.span_of("view"), view, depth, stencil })
    }

    fn bound_groups(&mut self, obj: &Obj) -> Option<Vec<BoundGroup>> {
        let nodes = obj.list("bindGroups");
        let offsets = self.offsets(obj, "bindGroupsPoolOffsets")?;
        let mut out = Vec::new();
        for (position, node) in nodes.iter().enumerate() {
            let default = offsets.get(position).copied().unwrap_or(0);
            let (group, offset) = match &node.val {
                Val::Decl(Ns::BindGroup, group) => (*group, default),
                Val::Obj(slot) => {
                    if let Some(index) = slot.uint("index")
                        && index as usize != position
                    {
                        let message = format!("`index` is {index}, and this is element {position}");
                        self.report(Diagnostic::new(Code::GroupIndex, slot.span_of("index"), message).help("leave `index` out"));
                    }
                    (slot.decl("bindGroup", Ns::BindGroup)?, slot.uint_or("pingPong", default))
                }
                _ => return None,
            };
            out.push(BoundGroup { span: node.span, group: GroupId(group), offset });
        }
        if out.len() > 4 {
            let message = format!("a pass has at most 4 bind groups, here are {}", out.len());
            self.report(Diagnostic::new(Code::BadLength, obj.span_of("bindGroups"), message));
            return None;
        }
        Some(out)
    }

    fn offsets(&mut self, obj: &Obj, name: &str) -> Option<Vec<u32>> {
        if obj.bad(name) {
            return None;
        }
        let list = name.trim_end_matches("PoolOffsets");
        let (offsets, members) = (obj.list(name).len(), obj.list(list).len());
        if offsets > members && !obj.bad(list) {
            let message = format!("{offsets} offsets, and `{list}` has {members}");
            let diagnostic = Diagnostic::new(Code::NoEffect, obj.span_of(name), message);
            self.report(
                diagnostic.label("the last ones have no effect").help(format!("element i belongs to element i of `{list}`")),
            );
        }
        obj.list(name)
            .iter()
            .map(|node| match node.val {
                Val::Num(number) => Some(number as u32),
                _ => None,
            })
            .collect()
    }

    fn bound_vertices(&mut self, obj: &Obj) -> Option<Vec<BoundVertices>> {
        let offsets = self.offsets(obj, "vertexBuffersPoolOffsets")?;
        let mut out = Vec::new();
        for (position, node) in obj.list("vertexBuffers").iter().enumerate() {
            let member = offsets.get(position).copied().unwrap_or(0);
            out.push(match &node.val {
                Val::Decl(Ns::Buffer, buffer) => {
                    BoundVertices { span: node.span, buffer: BufferId(*buffer), member, offset: 0, size: None }
                }
                Val::Obj(slot) if slot.uint("slot").is_some_and(|wanted| wanted as usize != position) => {
                    let message = format!("`slot` is {}, and this is element {position}", slot.uint_or("slot", 0));
                    self.report(Diagnostic::new(Code::Conflict, slot.span_of("slot"), message).help("leave `slot` out"));
                    return None;
                }
                Val::Obj(slot) => BoundVertices {
                    span: node.span,
                    buffer: BufferId(slot.decl("buffer", Ns::Buffer)?),
                    member: slot.uint_or("pingPong", member),
                    offset: slot.uint_or("offset", 0),
                    size: slot.uint("size").filter(|size| *size != 0),
                },
                _ => return None,
            });
        }
        Some(out)
    }

    /// `draw=3`, `draw=[3 1]`, `draw={ … }`, and arrays of these.
    fn draws(&mut self, obj: &Obj, indexed: bool) -> Option<Vec<(Draw, Span)>> {
        let name = if indexed { "drawIndexed" } else { "draw" };
        let Some(node) = obj.get(name) else { return Some(Vec::new()) };
        let nested = |node: &Node| matches!(node.val, Val::List(_) | Val::Obj(_));
        match &node.val {
            Val::List(elements) if elements.iter().any(nested) => {
                elements.iter().map(|element| self.one_draw(element, indexed)).collect()
            }
            _ => Some(vec![self.one_draw(node, indexed)?]),
        }
    }

    fn one_draw(&mut self, node: &Node, indexed: bool) -> Option<(Draw, Span)> {
        let names: &[&str] = if indexed {
            &["indexCount", "instanceCount", "firstIndex", "baseVertex", "firstInstance"]
        } else {
            &["vertexCount", "instanceCount", "firstVertex", "firstInstance"]
        };
        let mut numbers = [3, 1, 0, 0, 0];
        match &node.val {
            Val::Obj(draw) => {
                if draw.incomplete {
                    return None;
                }
                for (slot, name) in numbers.iter_mut().zip(names) {
                    if let Some(node) = draw.get(name) {
                        let Val::Num(number) = node.val else { return None };
                        // A base vertex may be negative: its bits are what counts.
                        *slot = if number < 0.0 { number as i32 as u32 } else { number as u32 };
                    }
                }
            }
            _ => {
                let nodes = match &node.val {
                    Val::List(nodes) => nodes.as_slice(),
                    _ => std::slice::from_ref(node),
                };
                for ((slot, name), node) in numbers.iter_mut().zip(names).zip(nodes) {
                    // A base vertex may be negative: its bits are what counts.
                    let least = if *name == "baseVertex" { f64::from(i32::MIN) } else { 0.0 };
                    let most = if *name == "baseVertex" { f64::from(i32::MAX) } else { f64::from(u32::MAX) };
                    let number = self.whole(node, least, most)?;
                    *slot = if number < 0.0 { number as i32 as u32 } else { number as u32 };
                }
            }
        }
        let draw =
            if indexed { Draw::Indexed(numbers) } else { Draw::Vertices([numbers[0], numbers[1], numbers[2], numbers[3]]) };
        Some((draw, node.span))
    }

    pub(super) fn render_pass(&mut self, o: &Object) -> Option<RenderPass> {
        let obj = &o.obj;
        let mut complete = true;
        let mut colors = Vec::new();
        match obj.get("colorAttachments") {
            None => colors.push(ColorAttachment {
                span: o.name_span,
                view: AttachmentView::Canvas,
                resolve: None,
                clear: Some([0.0, 0.0, 0.0, 1.0]),
                store: true,
            }),
            Some(Node { val: Val::List(nodes), .. }) => {
                for node in nodes {
                    let attachment = match &node.val {
                        Val::Obj(attachment) => self.color_attachment(attachment),
                        _ => None,
                    };
                    match attachment {
                        Some(attachment) => colors.push(attachment),
                        None => complete = false,
                    }
                }
            }
            Some(_) => complete = false,
        }
        let depth = match obj.get("depthStencilAttachment") {
            None => None,
            Some(Node { val: Val::Obj(attachment), .. }) => Some(self.depth_attachment(attachment)?),
            Some(_) => return None,
        };
        let pipeline = match obj.get("pipeline") {
            None => None,
            Some(node) => Some((RenderPipelineId(obj.decl("pipeline", Ns::RenderPipeline)?), node.span)),
        };
        let groups = self.bound_groups(obj)?;
        let vertices = self.bound_vertices(obj)?;
        for (needs, name) in [("drawIndexed", "indexBuffer"), ("indexBuffer", "indexFormat")] {
            if obj.get(needs).is_none()
                && let Some(span) = obj.prop_span(name)
            {
                let message = format!("`{name}` has no effect without `{needs}`");
                self.report(Diagnostic::new(Code::NoEffect, span, message).help(format!("leave it out, or add `{needs}=…`")));
            }
        }
        // Draws keep the order in which the two properties stand.
        let mut draws = Vec::new();
        let mut indexed_count = 0;
        for (name, ..) in &obj.props {
            match *name {
                "draw" => draws.extend(self.draws(obj, false)?),
                "drawIndexed" => {
                    let found = self.draws(obj, true)?;
                    for (draw, _) in &found {
                        if let Draw::Indexed([count, _, first, ..]) = draw {
                            indexed_count = indexed_count.max(count.saturating_add(*first));
                        }
                    }
                    draws.extend(found);
                }
                _ => {}
            }
        }
        let indices = match obj.get("indexBuffer") {
            None => None,
            Some(node) => Some(self.bound_indices(obj, node, pipeline.map(|(id, _)| id), indexed_count)?),
        };
        complete.then(|| RenderPass { named: named(o), colors, depth, pipeline, groups, vertices, indices, draws })
    }

    /// The index buffer and the size of its indices. Source: language reference, section 9.17, "Index format".
    fn bound_indices(&mut self, obj: &Obj, node: &Node, pipeline: Option<RenderPipelineId>, count: u32) -> Option<BoundIndices> {
        let (buffer, own_format, offset, size) = match &node.val {
            Val::Decl(Ns::Buffer, buffer) => (BufferId(*buffer), None, 0, None),
            Val::Obj(slot) => (
                BufferId(slot.decl("buffer", Ns::Buffer)?),
                slot.word("format"),
                slot.uint_or("offset", 0),
                slot.uint("size").filter(|size| *size != 0),
            ),
            _ => return None,
        };
        if own_format.is_some()
            && let Some(span) = obj.prop_span("indexFormat")
        {
            let diagnostic = Diagnostic::new(Code::Conflict, span, "`indexFormat` beside the `format` of the index buffer");
            self.report(diagnostic.also(node.span, "the format stands here").help("leave one of them out"));
        }
        let written = own_format.or(obj.word("indexFormat"));
        let strip = pipeline.and_then(|id| self.scene.render_pipeline(id)).and_then(|pipeline| pipeline.strip_index_format);
        let wide = match written.or(strip) {
            Some(format) => format.text() == "uint32",
            None => self.inferred_wide(buffer, count)?,
        };
        Some(BoundIndices { span: node.span, buffer, wide, offset, size })
    }

    fn inferred_wide(&self, id: BufferId, count: u32) -> Option<bool> {
        let buffer = self.scene.buffer(id)?;
        let filled_by = buffer.initial.map(|(data, _)| data).or_else(|| {
            self.scene.queues.iter().flatten().flat_map(|queue| &queue.writes).find(|write| write.buffer == id).and_then(
                |write| match write.source {
                    Source::Data(data) => Some(data),
                    _ => None,
                },
            )
        });
        match filled_by.map(|data| self.scene.data[data.0].element_size) {
            Some(4) => return Some(true),
            Some(2) => return Some(false),
            _ => {}
        }
        // What a shader writes as `array<u32>` has 32 bits.
        let bound_as_u32 = self.scene.inits.iter().flatten().any(|init| {
            init.buffer == id
                && self.scene.shaders[init.stage.shader.0].module.as_ref().is_some_and(|module| {
                    module.bindings.iter().any(|binding| match &binding.resource {
                        reflect::Resource::Storage { block, .. } => {
                            (binding.group, binding.binding) == (0, 0)
                                && matches!(block.element(), Some(reflect::Scalar::U32 | reflect::Scalar::I32))
                        }
                        _ => false,
                    })
                })
        });
        Some(bound_as_u32 || u64::from(buffer.size) >= 4 * u64::from(count))
    }

    pub(super) fn compute_pass(&mut self, o: &Object) -> Option<ComputePass> {
        let obj = &o.obj;
        let pipeline = obj.decl("pipeline", Ns::ComputePipeline).map(ComputePipelineId);
        let groups = self.bound_groups(obj)?;
        let (dispatch, dispatch_span) = match obj.get("dispatchWorkgroups") {
            Some(node) => (self.dispatch(node)?, node.span),
            None => {
                if !obj.incomplete && obj.get("dispatchWorkgroupsIndirect").is_none() && obj.get("commands").is_none() {
                    self.report(
                        Diagnostic::new(
                            Code::IncompletePass,
                            o.name_span,
                            format!("`#computePass {}` dispatches nothing", o.name),
                        )
                        .help("write `dispatchWorkgroups=[x y z]`"),
                    );
                }
                return None;
            }
        };
        Some(ComputePass { named: named(o), pipeline: (pipeline?, obj.span_of("pipeline")), groups, dispatch, dispatch_span })
    }
}

pub(super) fn color(node: &Node) -> Option<[f32; 4]> {
    let numbers: Vec<f64> = match &node.val {
        Val::List(nodes) => nodes
            .iter()
            .map(|node| match node.val {
                Val::Num(number) => Some(number),
                _ => None,
            })
            .collect::<Option<_>>()?,
        Val::Obj(obj) => ["r", "g", "b", "a"].iter().map(|name| obj.num(name)).collect::<Option<_>>()?,
        _ => return None,
    };
    match numbers.as_slice() {
        [r, g, b, a] => Some([*r, *g, *b, *a].map(|x| x as f32)),
        _ => None,
    }
}
