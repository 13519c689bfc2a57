//! Passes and bundles.

use super::{Lowerer, named};
use crate::language::{self, Either, Listed, Slot, ViewRef};
use crate::resolve::Object;
use pngine_format::word::{LoadOp, QueryType, StoreOp};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};

/// What is written as a view.
type AnyView = Either<language::InlineView, ViewRef>;

impl Lowerer<'_> {
    fn attachment_view(&mut self, view: &AnyView) -> Option<AttachmentView> {
        match view {
            Either::B(ViewRef::Canvas) => Some(AttachmentView::Canvas),
            Either::B(ViewRef::Texture(texture)) => Some(AttachmentView::Texture { texture: *texture, member: 0 }),
            Either::B(ViewRef::View(view)) => Some(AttachmentView::View { view: *view, member: 0 }),
            Either::A(inline) => self.inline_view(inline),
        }
    }

    /// A view that is written where it is drawn to.
    fn inline_view(&mut self, written: &language::InlineView) -> Option<AttachmentView> {
        let language::InlineView { of, ping_pong, base_mip_level, mip_level_count, .. } = written;
        let language::InlineView { base_array_layer, array_layer_count, .. } = written;
        if ping_pong.is_bad() {
            return None;
        }
        let (texture, member) = (of.texture.value?, ping_pong.value);
        let declared = self.scene.texture(texture)?;
        // What the default view says as well needs no view of its own.
        let numbers = [base_mip_level, mip_level_count, base_array_layer, array_layer_count];
        let says_more = of.format.is_written()
            || of.dimension.is_written()
            || of.aspect.is_written()
            || numbers.iter().any(|number| number.is_written());
        let is_plain = *declared.mip_levels == 1 && declared.size[2] == Extent::Fixed(1) && !says_more;
        self.pool_offset(ping_pong.spanned(), declared.pool);
        if is_plain {
            return Some(AttachmentView::Texture { texture, member });
        }
        let view = self.view_in_place(written)?;
        self.scene.views.push(Some(view));
        Some(AttachmentView::View { view: ViewId(self.scene.views.len() - 1), member })
    }

    fn color_attachment(&mut self, written: &language::ColorAttachment) -> Option<ColorAttachment> {
        let language::ColorAttachment { at, view, depth_slice, resolve_target, clear_value, load_op, store_op } = written;
        if at.is_incomplete || view.is_bad() || resolve_target.is_bad() {
            return None;
        }
        let view_span = view.span;
        let view = self.attachment_view(&view.value)?;
        let resolve = match &resolve_target.value {
            Some(target) => Some(self.attachment_view(target)?),
            None => None,
        };
        if depth_slice.is_bad() || !clear_value.is_whole() || load_op.is_bad() {
            return None;
        }
        // What is resolved to the canvas counts as the canvas for the default colour.
        let canvas = view == AttachmentView::Canvas || resolve == Some(AttachmentView::Canvas);
        let default = if canvas { [0.0, 0.0, 0.0, 1.0] } else { [0.0; 4] };
        let clears = load_op.value == LoadOp::Clear;
        if let Some(span) = clear_value.prop_span().filter(|_| !clears) {
            self.report(
                Diagnostic::new(Code::ClearNotRead, span, "`clearValue` is not read, because `loadOp` is load")
                    .help("write `loadOp=clear`, or leave the value out"),
            );
        }
        if store_op.is_bad() {
            return None;
        }
        Some(ColorAttachment {
            span: view_span,
            view,
            depth_slice: depth_slice.found(),
            resolve: resolve.map(|view| Spanned::new(view, resolve_target.span)),
            clear: clears.then(|| Spanned::new(clear_value.value.unwrap_or(default), clear_value.span)),
            store: store_op.value == StoreOp::Store,
        })
    }

    fn depth_attachment(&mut self, written: &language::DepthAttachment) -> Option<DepthAttachment> {
        if !written.at.is_sound {
            return None;
        }
        let view = self.attachment_view(written.view.value.as_ref()?)?;
        if view != AttachmentView::Canvas {
            // What draws to a hole is one.
            self.scene.texture_of(view)?;
        }
        let depth = Aspect {
            load: written.depth_load_op.setting(),
            store: written.depth_store_op.setting(),
            clear: written.depth_clear_value.setting(),
            read_only: written.depth_read_only.setting(),
        };
        let stencil = Aspect {
            load: written.stencil_load_op.setting(),
            store: written.stencil_store_op.setting(),
            clear: written.stencil_clear_value.setting(),
            read_only: written.stencil_read_only.setting(),
        };
        Some(DepthAttachment { span: written.view.span, view, depth, stencil })
    }

    pub(super) fn render_pass(&mut self, o: &Object) -> Option<RenderPass> {
        let pass: language::RenderPass = o.read();
        let listed = &pass.color_attachments;
        let mut colors = Vec::new();
        if !listed.is_written() {
            colors.push(Some(ColorAttachment {
                span: o.name_span,
                view: AttachmentView::Canvas,
                depth_slice: None,
                resolve: None,
                clear: Some(Spanned::new([0.0, 0.0, 0.0, 1.0], o.name_span)),
                store: true,
            }));
        }
        for attachment in listed.elements() {
            colors.push(attachment.value.as_ref().and_then(|attachment| self.color_attachment(attachment)));
        }
        let depth = match &pass.depth_stencil_attachment.value {
            Some(attachment) => Some(self.depth_attachment(attachment)?),
            None => None,
        };
        if pass.depth_stencil_attachment.is_bad() || pass.occlusion_query_set.is_bad() {
            return None;
        }
        let occlusion = pass.occlusion_query_set.found();
        let timestamps = timestamp_writes(&pass.timestamp_writes);
        let commands = self.render_commands(&pass);
        let colors: Option<Vec<ColorAttachment>> = colors.into_iter().collect();
        let colors = colors.filter(|_| !listed.is_bad())?;
        let listed_groups = listed_groups(&pass.geometry.bind_groups);
        Some(RenderPass {
            named: named(o),
            colors,
            depth,
            occlusion,
            timestamps: timestamps?,
            listed_groups,
            commands: commands?,
        })
    }

    pub(super) fn query_set(&mut self, o: &Object) -> Option<QuerySet> {
        let set: language::QuerySet = o.read();
        if set.ty.is_bad() || set.count.is_bad() {
            return None;
        }
        let kind = match set.ty.value {
            QueryType::Occlusion => QueryKind::Occlusion,
            QueryType::Timestamp => QueryKind::Timestamp,
        };
        let kind = Spanned::new(kind, set.ty.prop_span().unwrap_or(o.name_span));
        Some(QuerySet { named: named(o), kind, count: set.count.value })
    }

    /// A bundle. What it does not say of the passes that execute it, its first pipeline does.
    pub(super) fn bundle(&mut self, o: &Object) -> Option<Bundle> {
        let bundle: language::RenderBundle = o.read();
        let commands = self.bundle_commands(&bundle);
        let language::RenderBundle { color_formats, depth_stencil_format, sample_count, .. } = &bundle;
        let (depth_read_only, stencil_read_only) = (&bundle.depth_read_only, &bundle.stencil_read_only);
        let is_bad = color_formats.is_bad() || depth_stencil_format.is_bad() || sample_count.is_bad();
        if is_bad || depth_read_only.is_bad() || stencil_read_only.is_bad() {
            return None;
        }
        let commands = commands?;
        let first = commands.iter().find_map(|command| match &command.value {
            PassCommand::SetPipeline(PipelineId::Render(id)) => Some(*id),
            _ => None,
        });
        let pipeline = match first {
            // One that is a hole is reported.
            Some(id) => Some(self.scene.render_pipeline(id)?),
            None => None,
        };
        let colors = match &color_formats.value {
            Some(formats) => language::all(formats)?,
            None => pipeline.map_or(Vec::new(), |pipeline| pipeline.targets.iter().map(|target| target.format).collect()),
        };
        let inferred_depth = pipeline.and_then(|pipeline| pipeline.depth_stencil.as_ref()).map(|state| *state.format);
        let spans = color_formats.prop_span().or(depth_stencil_format.prop_span()).or(sample_count.prop_span());
        Some(Bundle {
            named: named(o),
            colors: Spanned::new(colors, spans.unwrap_or(o.name_span)),
            has_own_colors: color_formats.is_written(),
            depth: depth_stencil_format.value.or(inferred_depth),
            sample_count: sample_count.setting().or(pipeline.map_or(1, |pipeline| *pipeline.multisample.count)),
            depth_read_only: depth_read_only.value,
            stencil_read_only: stencil_read_only.value,
            listed_groups: listed_groups(&bundle.geometry.bind_groups),
            commands,
        })
    }

    pub(super) fn compute_pass(&mut self, o: &Object) -> Option<ComputePass> {
        let pass: language::ComputePass = o.read();
        let timestamps = timestamp_writes(&pass.timestamp_writes);
        let commands = self.compute_commands(&pass)?;
        Some(ComputePass { named: named(o), timestamps: timestamps?, listed_groups: listed_groups(&pass.bind_groups), commands })
    }
}

/// The outer `None` is a mistake, which is reported.
fn timestamp_writes(slot: &Slot<Option<language::TimestampWrites>>) -> Option<Option<TimestampWrites>> {
    let Some(writes) = &slot.value else { return if slot.is_bad() { None } else { Some(None) } };
    let (begin, end) = (&writes.beginning_of_pass_write_index, &writes.end_of_pass_write_index);
    if begin.is_bad() || end.is_bad() {
        return None;
    }
    let set = writes.query_set.value?;
    Some(Some(TimestampWrites { span: writes.at.span, set, begin: begin.value, end: end.value }))
}

fn listed_groups<T>(groups: &Listed<T>) -> Spanned<usize> {
    Spanned::new(groups.elements().len(), groups.span)
}
