//! Passes and frames.

use super::commands::{Recording, color};
use super::{Lowerer, named};
use crate::diag::{Code, Diagnostic};
use crate::formats;
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;

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
        if obj.bad("depthSlice") {
            return None;
        }
        let depth_slice = obj.uint("depthSlice").map(|slice| (slice, obj.span_of("depthSlice")));
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
        Some(ColorAttachment {
            span: obj.span_of("view"),
            view,
            depth_slice,
            resolve,
            resolve_span: obj.span_of("resolveTarget"),
            clear: (!load).then_some(clear),
            clear_span: obj.span_of("clearValue"),
            store,
        })
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
            let message = format!("{} is not a depth or stencil format", format.text());
            self.report(
                Diagnostic::new(Code::Attachment, obj.span_of("view"), message).help("such as depth24plus or depth32float"),
            );
            return None;
        }
        for (aspect, has) in [("depth", info.depth), ("stencil", info.stencil)] {
            for op in ["LoadOp", "StoreOp", "ClearValue", "ReadOnly"] {
                let name = format!("{aspect}{op}");
                if !has && let Some(span) = obj.prop_span(&name) {
                    // WebGPU forbids the operations; the others mean nothing. Source: WebGPU, 17.1.1.2
                    // "validating GPURenderPassDepthStencilAttachment".
                    let code = if op.ends_with("Op") { Code::Attachment } else { Code::NoEffect };
                    let message = format!("`{name}`, but {} has no {aspect}", format.text());
                    self.report(Diagnostic::new(code, span, message).help("leave it out"));
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
        // Where depth is not cleared, nothing looks at it.
        let is_cleared = info.depth
            && obj.word("depthLoadOp").is_none_or(|op| op.text() == "clear")
            && obj.bool("depthReadOnly") != Some(true);
        if is_cleared && !(0.0..=1.0).contains(&clear_depth) {
            let message = format!("depth {clear_depth} is not between 0 and 1");
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

    pub(super) fn render_pass(&mut self, o: &Object) -> Option<RenderPass> {
        let obj = &o.obj;
        let mut complete = true;
        let mut colors = Vec::new();
        match obj.get("colorAttachments") {
            None => colors.push(ColorAttachment {
                span: o.name_span,
                view: AttachmentView::Canvas,
                depth_slice: None,
                resolve: None,
                resolve_span: o.name_span,
                clear: Some([0.0, 0.0, 0.0, 1.0]),
                clear_span: o.name_span,
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
        let occlusion = match obj.get("occlusionQuerySet") {
            None => None,
            Some(node) => Some((QuerySetId(obj.decl("occlusionQuerySet", Ns::QuerySet)?), node.span)),
        };
        let timestamps = self.timestamp_writes(obj);
        let commands = self.recorded(o, Recording::Render);
        complete.then_some(RenderPass { named: named(o), colors, depth, occlusion, timestamps: timestamps?, commands: commands? })
    }

    /// The outer `None` is a mistake, which is reported.
    fn timestamp_writes(&mut self, obj: &Obj) -> Option<Option<TimestampWrites>> {
        let Some(node) = obj.get("timestampWrites") else { return Some(None) };
        let Val::Obj(writes) = &node.val else { return None };
        let set = QuerySetId(writes.decl("querySet", Ns::QuerySet)?);
        if writes.bad("beginningOfPassWriteIndex") || writes.bad("endOfPassWriteIndex") {
            return None;
        }
        let (begin, end) = (writes.uint("beginningOfPassWriteIndex"), writes.uint("endOfPassWriteIndex"));
        Some(Some(TimestampWrites { span: writes.span, set, begin, end }))
    }

    pub(super) fn query_set(&mut self, o: &Object) -> Option<QuerySet> {
        if o.obj.bad("type") || o.obj.bad("count") {
            return None;
        }
        let timestamp = o.obj.word("type").is_some_and(|word| word.text() == "timestamp");
        Some(QuerySet {
            named: named(o),
            kind: if timestamp { QueryKind::Timestamp } else { QueryKind::Occlusion },
            kind_span: o.obj.prop_span("type").unwrap_or(o.name_span),
            count: o.obj.uint_or("count", 1),
        })
    }

    /// A bundle. What it does not say of the passes that execute it, its first pipeline does.
    pub(super) fn bundle(&mut self, o: &Object) -> Option<Bundle> {
        let obj = &o.obj;
        let commands = self.recorded(o, Recording::Bundle);
        if ["colorFormats", "depthStencilFormat", "sampleCount", "depthReadOnly", "stencilReadOnly"]
            .iter()
            .any(|name| obj.bad(name))
        {
            return None;
        }
        let samples = self.sample_count(obj, "sampleCount");
        let commands = commands?;
        let first = commands.iter().find_map(|(command, _)| match command {
            PassCommand::SetPipeline(PipelineId::Render(id)) => Some(*id),
            _ => None,
        });
        let pipeline = match first {
            // One that is a hole is reported.
            Some(id) => Some(self.scene.render_pipeline(id)?),
            None => None,
        };
        let written = obj.get("colorFormats").map(|_| obj.list("colorFormats"));
        let colors = match written {
            Some(nodes) => nodes
                .iter()
                .map(|node| match node.val {
                    Val::Word(word) => Some(word),
                    _ => None,
                })
                .collect::<Option<_>>()?,
            None => pipeline.map_or(Vec::new(), |pipeline| pipeline.targets.iter().map(|target| target.format).collect()),
        };
        let inferred_depth = pipeline.and_then(|pipeline| pipeline.depth_stencil.as_ref()).map(|state| state.format);
        let spans = ["colorFormats", "depthStencilFormat", "sampleCount"].into_iter().find_map(|name| obj.prop_span(name));
        Some(Bundle {
            named: named(o),
            colors,
            has_own_colors: written.is_some(),
            depth: obj.word("depthStencilFormat").or(inferred_depth),
            sample_count: if obj.get("sampleCount").is_some() {
                samples?
            } else {
                pipeline.map_or(1, |pipeline| pipeline.sample_count)
            },
            formats_span: spans.unwrap_or(o.name_span),
            depth_read_only: obj.bool("depthReadOnly").unwrap_or(false),
            stencil_read_only: obj.bool("stencilReadOnly").unwrap_or(false),
            commands,
        })
    }

    pub(super) fn compute_pass(&mut self, o: &Object) -> Option<ComputePass> {
        let obj = &o.obj;
        let timestamps = self.timestamp_writes(obj);
        let commands = self.recorded(o, Recording::Compute)?;
        if !obj.incomplete && !commands.iter().any(|(command, _)| command.is_work()) {
            self.report(
                Diagnostic::new(Code::IncompletePass, o.name_span, format!("`#computePass {}` dispatches nothing", o.name))
                    .help("write `dispatchWorkgroups=[x y z]`"),
            );
            return None;
        }
        Some(ComputePass { named: named(o), timestamps: timestamps?, commands })
    }
}
