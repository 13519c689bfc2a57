//! The attachments of passes, and frames.

use super::Scene;
use super::needs::texture_needs;
use super::order::{self, Member, member_of};
use super::pipelines;
use super::resources::Range;
use crate::language::Prop;
use crate::limits::{FRAMES, MAX_CYCLE};
use pngine_format::op::texture_usage;
use pngine_format::webgpu::Format;
use pngine_format::word::{LoadOp, TextureAspect, TextureDimension};
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, at_most, counted};
use pngine_source::source::Span;
use pngine_wgsl::device::{Device, Limit};
use std::collections::BTreeSet;

/// Every rule of a render pass.
pub fn render(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in scene.all_render_passes() {
        attachments(scene, pass, diagnostics);
        extents(scene, pass, diagnostics);
        cycle(scene, pass, diagnostics);
        conflicts(scene, pass, diagnostics);
    }
}

/// What a pass draws to, or what a bundle is made for; `None` where it cannot be told.
pub struct Targets {
    what: &'static str,
    colors: Vec<(Option<Format>, Span)>,
    depth: Option<(Option<Format>, Span)>,
    samples: Option<u32>,
    depth_read_only: bool,
    stencil_read_only: bool,
}

impl Targets {
    /// The attachments of a pass.
    pub fn of_pass(scene: &Scene, pass: &RenderPass) -> Self {
        let format = |view| format_of_attachment(scene, view).map(|(format, _)| format);
        let mut views = pass.colors.iter().map(|color| color.view).chain(pass.depth.iter().map(|depth| depth.view));
        Self {
            what: "pass",
            colors: pass.colors.iter().map(|color| (format(color.view), color.span)).collect(),
            depth: pass.depth.as_ref().map(|depth| (format(depth.view), depth.span)),
            samples: views.find_map(|view| format_of_attachment(scene, view)).map(|(_, samples)| samples),
            depth_read_only: pass.depth.as_ref().is_some_and(|depth| depth.depth_operations(scene) == Some(AspectOps::ReadOnly)),
            stencil_read_only: pass
                .depth
                .as_ref()
                .is_some_and(|depth| depth.stencil_operations(scene) == Some(AspectOps::ReadOnly)),
        }
    }

    /// What a bundle says of the passes that execute it.
    pub fn of_bundle(bundle: &Bundle) -> Self {
        Self {
            what: "bundle",
            colors: bundle.colors.iter().map(|format| (Some(*format), bundle.colors.span)).collect(),
            depth: bundle.depth.map(|format| (Some(format), bundle.colors.span)),
            samples: Some(bundle.sample_count.value),
            depth_read_only: bundle.depth_read_only,
            stencil_read_only: bundle.stencil_read_only,
        }
    }

    /// Whether there is nothing to draw to, which is reported.
    fn is_empty(&self) -> bool {
        self.colors.is_empty() && self.depth.is_none()
    }

    /// Whether the formats are those of the targets of a pipeline, in another order.
    fn are_swapped(&self, pipeline: &RenderPipeline) -> bool {
        let Some(mut ours) = self.colors.iter().map(|(format, _)| *format).collect::<Option<Vec<_>>>() else {
            return false;
        };
        let mut theirs: Vec<Format> = pipeline.targets.iter().map(|target| target.format).collect();
        let is_other = ours != theirs;
        ours.sort_unstable();
        theirs.sort_unstable();
        is_other && ours == theirs
    }

    /// Why a pass with these attachments cannot execute a bundle. Source: WebGPU, 18.1 `executeBundles`.
    pub fn refuse_bundle(&self, bundle: &Bundle) -> Option<String> {
        let name = &bundle.named.name;
        if bundle.colors.is_empty() && bundle.depth.is_none() {
            // Reported.
            return None;
        }
        if self.colors.len() != bundle.colors.len() {
            let (ours, theirs) = (counted(self.colors.len(), "color attachment"), bundle.colors.len());
            return Some(format!("the pass has {ours}, `{name}` is for {theirs}"));
        }
        let depth = self.depth.map(|(format, _)| format);
        let pairs = self.colors.iter().map(|(format, _)| *format).zip(bundle.colors.iter().copied());
        let depths = depth.flatten().zip(bundle.depth).map(|(ours, theirs)| (Some(ours), theirs));
        if let Some((ours, theirs)) =
            pairs.chain(depths).find_map(|(ours, theirs)| ours.filter(|ours| *ours != theirs).map(|ours| (ours, theirs)))
        {
            return Some(format!("the attachment is {}, `{name}` is for {}", ours.text(), theirs.text()));
        }
        match (depth, bundle.depth) {
            (Some(_), None) => return Some(format!("the pass has a depth attachment, `{name}` is for passes without one")),
            (None, Some(_)) => return Some(format!("`{name}` is for passes with a depth attachment, this one has none")),
            (Some(_), Some(_)) | (None, None) => {}
        }
        if let Some(samples) = self.samples.filter(|samples| *samples != *bundle.sample_count) {
            return Some(format!(
                "the attachments have {}, `{name}` is for {}",
                counted(samples as usize, "sample"),
                *bundle.sample_count
            ));
        }
        for (ours, theirs, what) in [
            (self.depth_read_only, bundle.depth_read_only, "depth"),
            (self.stencil_read_only, bundle.stencil_read_only, "stencil"),
        ] {
            if ours && !theirs {
                return Some(format!("the {what} of the pass is read-only, `{name}` may write it: add `{what}ReadOnly=true`"));
            }
        }
        None
    }
}

/// Source: WebGPU, 17.1.1 "validating GPURenderPassDescriptor", attachments one by one.
fn attachments(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let has_room = color_counts(scene, pass, diagnostics);
    for color in &pass.colors {
        let Some((format, samples)) = format_of_attachment(scene, color.view) else { continue };
        drawn_to(scene, color.view, color.span, diagnostics);
        if !formats::info(format, &scene.device).renderable {
            let message = format!("{} is not a color format that can be rendered to", format.text());
            diagnostics.push(Diagnostic::new(Code::Attachment, color.span, message));
        }
        slice(scene, color, diagnostics);
        resolve_target(scene, color, (format, samples), diagnostics);
    }
    if let Some(depth) = &pass.depth {
        depth_attachment(scene, depth, diagnostics);
    }
    if has_room {
        twice(scene, pass, diagnostics);
    }
    sample_counts(scene, pass, diagnostics);
}

/// How many color attachments there are, and their bytes; whether there are not too many.
fn color_counts(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if pass.colors.is_empty() && pass.depth.is_none() {
        let message = format!("`#renderPass {}` has no attachment", pass.named.name);
        diagnostics.push(
            Diagnostic::new(Code::Attachment, pass.named.span, message)
                .help("leave `colorAttachments` out to draw to the canvas"),
        );
    }
    let most = scene.device.limit32(Limit::MaxColorAttachments) as usize;
    if pass.colors.len() > most {
        let message = format!("a pass has at most {most} color attachments, and {} are listed", pass.colors.len());
        let diagnostic = Diagnostic::new(Code::Attachment, pass.named.span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxColorAttachments, pass.colors.len() as u64));
        return false;
    }
    let formats = pass.colors.iter().filter_map(|color| format_of_attachment(scene, color.view)).map(|(format, _)| format);
    if let Some((bytes, most)) = formats::too_many_bytes(&scene.device, formats) {
        let message = at_most(format!("the color attachments have {bytes} bytes per sample"), most);
        let diagnostic = Diagnostic::new(Code::Attachment, pass.named.span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxColorAttachmentBytesPerSample, u64::from(bytes)));
    }
    true
}

/// What everything that is drawn to has: the usage, and one mip level of one layer.
fn drawn_to(scene: &Scene, view: AttachmentView, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(texture) = scene.texture_of(view) {
        let own = match view {
            AttachmentView::View { view, .. } => scene.view(view),
            AttachmentView::Canvas | AttachmentView::Texture { .. } => None,
        };
        texture_needs(texture, own, ("RENDER_ATTACHMENT", texture_usage::RENDER_ATTACHMENT), span, diagnostics);
    }
    one_subresource(scene, view, span, diagnostics);
}

/// What an attachment of this format and so many samples is resolved to.
/// Source: WebGPU, 17.1.1.1 "validating GPURenderPassColorAttachment".
fn resolve_target(scene: &Scene, color: &ColorAttachment, (format, samples): (Format, u32), diagnostics: &mut Vec<Diagnostic>) {
    let Some(resolve) = color.resolve else { return };
    let Some((target, target_samples)) = format_of_attachment(scene, resolve.value) else { return };
    drawn_to(scene, resolve.value, resolve.span, diagnostics);
    let is_flat = scene.texture_of(resolve.value).is_none_or(|texture| texture.dimension == TextureDimension::D2);
    let message = if !is_flat {
        "`resolveTarget` is a 2d texture".to_string()
    } else if samples == 1 {
        "`resolveTarget` goes with a multisampled attachment only".to_string()
    } else if target_samples != 1 {
        "`resolveTarget` is multisampled itself".to_string()
    } else if target != format {
        format!("{} cannot be resolved to {}", format.text(), target.text())
    } else if !formats::info(format, &scene.device).resolvable {
        format!("{} cannot be resolved", format.text())
    } else {
        return;
    };
    diagnostics.push(Diagnostic::new(Code::Attachment, resolve.span, message));
}

/// Passes whose depth-stencil attachment has neither: all that could be said of them follows from that.
/// Source: WebGPU, 17.1.1.2 "validating GPURenderPassDepthStencilAttachment".
pub fn without_depth(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) -> Vec<RenderPassId> {
    let mut found = Vec::new();
    for id in (0..scene.render_passes.len()).map(RenderPassId) {
        let Some(depth) = scene.render_pass(id).and_then(|pass| pass.depth.as_ref()) else { continue };
        let (message, help) = match (depth.view, format_of_attachment(scene, depth.view)) {
            (AttachmentView::Canvas, _) => ("the canvas has no depth".to_string(), "declare a `#texture` with a depth format"),
            (_, Some((format, _))) if !format.row().has_depth && !format.row().has_stencil => {
                (format!("{} is not a depth or stencil format", format.text()), "such as depth24plus or depth32float")
            }
            _ => continue,
        };
        diagnostics.push(Diagnostic::new(Code::Attachment, depth.span, message).help(help));
        found.push(id);
    }
    found
}

/// What is written of an aspect that the format has not, or that is read only, or loaded. WebGPU forbids the operations; the others mean
/// nothing. Source: WebGPU, 17.1.1.2 "validating GPURenderPassDepthStencilAttachment".
fn aspect<T>(
    aspect: &Aspect<T>,
    rows: [&Prop; 4],
    (name, format, is_there): (&str, &str, bool),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let [load, store, clear, read_only] = rows.map(|row| row.name);
    let operations = [(load, aspect.load.property), (store, aspect.store.property)];
    let others = [(clear, aspect.clear.property), (read_only, aspect.read_only.property)];
    let written = operations.map(|one| (Code::Attachment, one)).into_iter().chain(others.map(|one| (Code::NoEffect, one)));
    for (code, (property, span)) in written.filter(|_| !is_there) {
        if let Some(span) = span {
            let message = format!("`{property}`, but {format} has no {name}");
            diagnostics.push(Diagnostic::new(code, span, message).help("leave it out"));
        }
    }
    for (property, span) in operations.into_iter().filter(|_| is_there && *aspect.read_only) {
        if let Some(span) = span {
            let message = format!("`{property}` of a read-only {name}");
            diagnostics.push(Diagnostic::new(Code::Attachment, span, message).help("leave it out"));
        }
    }
    if let Some(span) = aspect.clear.property.filter(|_| *aspect.load == LoadOp::Load) {
        let message = format!("`{clear}` is not read, because `{load}` is load");
        let help = format!("write `{load}=clear`, or leave the value out");
        diagnostics.push(Diagnostic::new(Code::ClearNotRead, span, message).help(help));
    }
}

/// Source: WebGPU, 17.1.1.2 "validating GPURenderPassDepthStencilAttachment".
fn depth_attachment(scene: &Scene, depth: &DepthAttachment, diagnostics: &mut Vec<Diagnostic>) {
    drawn_to(scene, depth.view, depth.span, diagnostics);
    if let Some((format, _)) = format_of_attachment(scene, depth.view) {
        use crate::language::DepthAttachment as Rows;
        let (row, format) = (format.row(), format.text());
        let rows = [&Rows::depth_load_op, &Rows::depth_store_op, &Rows::depth_clear_value, &Rows::depth_read_only];
        aspect(&depth.depth, rows, ("depth", format, row.has_depth), diagnostics);
        let rows = [&Rows::stencil_load_op, &Rows::stencil_store_op, &Rows::stencil_clear_value, &Rows::stencil_read_only];
        aspect(&depth.stencil, rows, ("stencil", format, row.has_stencil), diagnostics);
        // Where depth is not cleared, nothing looks at it.
        if let AspectOps::Write { clear: Some(clear), .. } = depth.depth.operations()
            && row.has_depth
            && !(0.0..=1.0).contains(&clear)
        {
            let message = format!("depth {clear} is not between 0 and 1");
            diagnostics.push(Diagnostic::new(Code::OutOfRange, depth.depth.clear.span, message));
        }
    }
    let AttachmentView::View { view, .. } = depth.view else { return };
    let Some(texture) = scene.texture_of(depth.view) else { return };
    let (row, aspect) = (texture.format.row(), scene.view(view).and_then(|view| view.aspect).unwrap_or(TextureAspect::All));
    if row.has_depth && row.has_stencil && aspect != TextureAspect::All {
        let message = format!("an attachment is all of {}, this view is {}", texture.format.text(), aspect.text());
        diagnostics.push(Diagnostic::new(Code::Attachment, depth.span, message).help("leave `aspect` out"));
    }
}

/// All attachments of a pass have the same number of samples.
fn sample_counts(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let colors = pass.colors.iter().map(|color| (color.view, color.span));
    let views = colors.chain(pass.depth.iter().map(|depth| (depth.view, depth.span)));
    let mut samples = views.filter_map(|(view, span)| Some((format_of_attachment(scene, view)?.1, span)));
    let Some((first, first_span)) = samples.next() else { return };
    if let Some((other, span)) = samples.find(|(count, _)| *count != first) {
        let message = format!("this attachment has {}", counted(other as usize, "sample"));
        diagnostics.push(
            Diagnostic::new(Code::Attachment, span, message)
                .also(first_span, format!("this one has {first}"))
                .help("all attachments of a pass have the same"),
        );
    }
}

/// Clear values are converted to the type that shaders have for the format, which must be possible.
/// Source: WebGPU, 17.1.1.1 "validating GPURenderPassColorAttachment".
pub fn clear_values(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for color in scene.all_render_passes().flat_map(|pass| &pass.colors) {
        // What is beyond the range of single precision is reported where it stands.
        let Some((format, _)) = format_of_attachment(scene, color.view) else { continue };
        let (Some(integers), Some(clear)) = (format.integers(), color.clear) else { continue };
        let Some(number) = formats::clear_misfit(integers, clear.value) else { continue };
        let (scalar, (least, most)) = formats::clear_scalar(integers);
        let name = format.text();
        let message = format!("{number} is beyond the range of {scalar}, which a clear value of {name} is converted to");
        let diagnostic = Diagnostic::new(Code::OutOfRange, clear.span, message);
        diagnostics.push(diagnostic.help(format!("it must be {least} to {most}")));
    }
}

/// A 3d texture is drawn to slice by slice. Source: WebGPU, 17.1.1.1 "validating GPURenderPassColorAttachment".
fn slice(scene: &Scene, color: &ColorAttachment, diagnostics: &mut Vec<Diagnostic>) {
    let texture = scene.texture_of(color.view);
    let deep = texture.filter(|texture| texture.dimension == TextureDimension::D3);
    match (deep, color.depth_slice) {
        (Some(texture), None) => {
            let message = format!("`{}` is a 3d texture, and a pass draws to one slice of it", texture.named.name);
            diagnostics.push(Diagnostic::new(Code::Attachment, color.span, message).help("add `depthSlice=0`"));
        }
        (Some(texture), Some(Spanned { value: slice, span })) => {
            let level = if let AttachmentView::View { view, .. } = color.view {
                scene.view(view).map_or(0, |view| view.mips.first)
            } else {
                0
            };
            let Extent::Fixed(depth) = texture.size[2] else { return };
            let slices = depth.checked_shr(level).unwrap_or(0).max(1);
            if slice >= slices {
                let message = format!("slice {slice}, and `{}` has {}", texture.named.name, counted(slices as usize, "slice"));
                diagnostics.push(Diagnostic::new(Code::Attachment, span, message).also(texture.size.span, "its size"));
            }
        }
        (None, Some(Spanned { span, .. })) => {
            let message = "`depthSlice` goes with 3d textures only";
            diagnostics.push(Diagnostic::new(Code::Attachment, span, message).help("leave it out"));
        }
        (None, None) => {}
    }
}

/// No subresource is attached twice, resolve targets included.
fn twice(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(Option<Member>, Range, Option<u32>, Span)> = Vec::new();
    // A target that one sample is resolved to is reported.
    let resolves = |color: &ColorAttachment| {
        color.resolve.filter(|_| format_of_attachment(scene, color.view).is_some_and(|(_, samples)| samples > 1))
    };
    let views = pass.colors.iter().flat_map(|color| {
        let slice = color.depth_slice.map(|slice| *slice);
        [Some((color.view, slice, color.span)), resolves(color).map(|target| (*target, None, target.span))]
    });
    for (view, slice, span) in views.flatten() {
        let (id, range) = match (view, scene.texture_of(view)) {
            (AttachmentView::Canvas, _) => (None, Range { mips: (0, 1), layers: (0, 1) }),
            (_, Some(texture)) => (member_of(scene, view), range_of(scene, view, texture)),
            (_, None) => continue,
        };
        match seen.iter().find(|(other, written, of, _)| *other == id && *of == slice && written.overlaps(range)) {
            Some((.., first)) => {
                let name = scene.texture_of(view).map_or("the canvas".to_string(), |texture| format!("`{}`", texture.named.name));
                let message = format!("{name} is attached twice");
                diagnostics.push(Diagnostic::new(Code::Attachment, span, message).also(*first, "attached here already"));
                return;
            }
            None => seen.push((id, range, slice, span)),
        }
    }
}

/// A pass draws to one mip level of one layer.
fn one_subresource(scene: &Scene, view: AttachmentView, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let Some(texture) = scene.texture_of(view) else { return };
    let range = range_of(scene, view, texture);
    let (mips, layers) = (range.mips.1.saturating_sub(range.mips.0), range.layers.1.saturating_sub(range.layers.0));
    if mips > 1 || layers > 1 {
        let message = format!("an attachment is one mip level of one layer, this one covers {mips} levels and {layers} layers");
        let help = format!("write `view={{ texture={} baseMipLevel=0 }}`", texture.named.name);
        diagnostics.push(Diagnostic::new(Code::Attachment, span, message).help(help));
    }
}

fn range_of(scene: &Scene, view: AttachmentView, texture: &Texture) -> Range {
    match view {
        AttachmentView::View { view, .. } => scene.view(view).map_or(Range::whole(texture), |view| Range::of_view(view, texture)),
        AttachmentView::Canvas | AttachmentView::Texture { .. } => Range::whole(texture),
    }
}

/// The sizes of the attachments of a pass that are known, and where each stands.
pub fn sized(scene: &Scene, pass: &RenderPass) -> Vec<([Extent; 2], Span)> {
    let size_of = |view: AttachmentView| -> Option<[Extent; 2]> {
        let canvas = [Extent::Canvas([1.0, 0.0, 0.0]), Extent::Canvas([0.0, 1.0, 0.0])];
        if view == AttachmentView::Canvas {
            return Some(canvas);
        }
        let texture = scene.texture_of(view)?;
        let level = if let AttachmentView::View { view, .. } = view { scene.view(view)?.mips.first } else { 0 };
        let at = |extent: Extent| match extent {
            Extent::Fixed(texels) => Some(Extent::Fixed((texels >> level.min(31)).max(1))),
            canvas if level == 0 => Some(canvas),
            Extent::Canvas(_) => None,
        };
        Some([at(texture.size[0])?, at(texture.size[1])?])
    };
    let views =
        pass.colors.iter().flat_map(|color| [Some((color.view, color.span)), color.resolve.map(|target| (*target, target.span))]);
    let views = views.flatten().chain(pass.depth.iter().map(|depth| (depth.view, depth.span)));
    views.filter_map(|(view, span)| Some((size_of(view)?, span))).collect()
}

/// `4 × canvas.height`
pub fn size_text(size: &[Extent; 2]) -> String {
    let axis = |extent: &Extent| match extent {
        Extent::Fixed(texels) => texels.to_string(),
        Extent::Canvas([1.0, 0.0, 0.0]) => "canvas.width".to_string(),
        Extent::Canvas([0.0, 1.0, 0.0]) => "canvas.height".to_string(),
        Extent::Canvas([a, b, c]) => format!("{a}·canvas.width + {b}·canvas.height + {c}"),
    };
    format!("{} × {}", axis(&size[0]), axis(&size[1]))
}

/// All attachments have one size. Sizes from the canvas are compared by their formula.
fn extents(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let sizes = sized(scene, pass);
    if let Some((first, first_span)) = sizes.first()
        && let Some((other, span)) = sizes.iter().find(|(size, _)| size != first)
    {
        diagnostics.push(
            Diagnostic::new(Code::Attachment, *span, format!("this attachment is {}", size_text(other)))
                .also(*first_span, format!("this one is {}", size_text(first)))
                .help("all attachments of a pass have the same size"),
        );
    }
}

/// Source: WebGPU, 3.4.5 "Resource usages": a subresource is either drawn to or read in a pass.
fn conflicts(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let mut written: Vec<(TextureId, u32, Range, Span)> = Vec::new();
    let mut write = |view: AttachmentView, span: Span| {
        if let (Some((id, member)), Some(texture)) = (member_of(scene, view), scene.texture_of(view)) {
            written.push((id, member, range_of(scene, view, texture), span));
        }
    };
    for color in &pass.colors {
        write(color.view, color.span);
        if let Some(resolve) = color.resolve {
            write(resolve.value, resolve.span);
        }
    }
    if let Some(depth) = &pass.depth
        && (matches!(depth.depth_operations(scene), Some(AspectOps::Write { .. }))
            || matches!(depth.stencil_operations(scene), Some(AspectOps::Write { .. })))
    {
        write(depth.view, depth.span);
    }
    let mut reported = BTreeSet::new();
    for Spanned { value: bound, span: at } in scene.set_groups(&pass.commands) {
        let Some(group) = scene.group(bound.group) else { continue };
        for entry in &group.entries {
            let (id, ping_pong, view) = match &entry.resource {
                Resource::Texture { texture, ping_pong } => (*texture, *ping_pong, None),
                Resource::View { view, ping_pong } => match scene.view(*view) {
                    Some(view) => (view.texture, *ping_pong, Some(view)),
                    None => continue,
                },
                Resource::Buffer { .. } | Resource::Sampler(_) | Resource::Video(_) => continue,
            };
            let Some(texture) = scene.texture(id) else { continue };
            let range = view.map_or(Range::whole(texture), |view| Range::of_view(view, texture));
            let pool = texture.pool.max(1);
            if pool > 1 && ping_pong >= pool {
                continue;
            }
            let meets = |member: u32| {
                (0..FRAMES).any(|frame| {
                    let variant = (frame + bound.offset) % group.pool.max(1);
                    (ping_pong + variant) % pool == (member + frame) % pool
                })
            };
            let clash =
                written.iter().find(|(other, member, written, _)| *other == id && written.overlaps(range) && meets(*member));
            if let Some((.., attached)) = clash
                && reported.insert((at.start, entry.span.start))
            {
                let name = &texture.named.name;
                diagnostics.push(
                    Diagnostic::new(Code::ReadWriteConflict, at, format!("`{name}` is read in the pass that draws to it"))
                        .also(*attached, "drawn to here")
                        .also(entry.span, "bound here")
                        .help(if texture.pool > 1 {
                            "draw to one member of the pool and read another: `pingPong=0` and `pingPong=1`"
                        } else {
                            "draw to another texture, and read this one"
                        }),
                );
            }
        }
    }
}

/// Attachments that are members of pools turn together after as many frames as the sizes' least common multiple.
fn cycle(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let frames = pass.cycle(scene);
    if frames.is_none_or(|frames| frames > MAX_CYCLE) {
        let message =
            format!("the attachments of `#renderPass {}` have pools that go around too seldom together", pass.named.name);
        let help = format!("the least common multiple of the pools' sizes may be {MAX_CYCLE}: make the pools equally large");
        diagnostics.push(Diagnostic::new(Code::TooMany, pass.named.span, message).help(help));
    }
}

/// Source: WebGPU, 17.1.1 "render pass layouts": the pipeline's targets are those of the pass or bundle.
pub fn against_pipeline(
    scene: &Scene,
    targets: &Targets,
    pipeline: &RenderPipeline,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (name, what) = (&pipeline.named.name, targets.what);
    // What writes nothing, and what there is nothing to write to, is reported for that.
    if pipeline.writes_nothing() || targets.is_empty() {
        return;
    }
    let mut mismatch = |message: String, at: Span, other: Span, words: &str, help: String| {
        let diagnostic = Diagnostic::new(Code::AttachmentMismatch, at, message).also(other, words);
        diagnostics.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    };
    if targets.colors.len() != pipeline.targets.len() {
        if pipelines::targets_are_not_those_of_the_shader(scene, pipeline) {
            return;
        }
        let message = format!(
            "`{name}` has {}, the {what} {}",
            counted(pipeline.targets.len(), "color target"),
            counted(targets.colors.len(), "color attachment")
        );
        let help = "the pipeline has one of `targets` for each of `colorAttachments`, in the same order".to_string();
        mismatch(message, span, pipeline.named.span, "the pipeline", help);
        return;
    }
    if targets.are_swapped(pipeline) {
        let message = format!("the attachments of the {what} have the formats of the targets of `{name}` in another order");
        mismatch(message, span, pipeline.named.span, "the pipeline", "write both in the same order".to_string());
        return;
    }
    for ((format, at), target) in targets.colors.iter().zip(pipeline.targets.iter()) {
        if let Some(format) = format.filter(|format| *format != target.format) {
            mismatch(
                format!("the attachment is {}, the pipeline's target {}", format.text(), target.format.text()),
                *at,
                target.span,
                "the target",
                format!("write `format={}` in the target of the pipeline, or give the attachment that format", format.text()),
            );
        }
    }
    if let Some(samples) = targets.samples.filter(|samples| *samples != *pipeline.multisample.count) {
        let message =
            format!("`{name}` has {}, the attachments {samples}", counted(*pipeline.multisample.count as usize, "sample"));
        let help = if samples == 1 {
            "leave `multisample` out, or draw to a `#texture` with `sampleCount=4`, whose attachment has \
             `resolveTarget=contextCurrentTexture`"
                .to_string()
        } else {
            format!("write `multisample={samples}` in `{name}`")
        };
        mismatch(message, span, pipeline.multisample.span, "the pipeline's samples", help);
    }
    match (&targets.depth, &pipeline.depth_stencil) {
        (None, None) => {}
        (Some((_, at)), None) => {
            let message = format!("the {what} has a depth attachment, `{name}` has no `depthStencil`");
            let help = format!(
                "give `{name}` a `depthStencil={{ format=… depthWriteEnabled=true depthCompare=less }}`, or leave the attachment out"
            );
            mismatch(message, *at, pipeline.named.span, "the pipeline", help);
        }
        (None, Some(state)) => {
            let message = format!("`{name}` has a `depthStencil`, the {what} no depth attachment");
            let help = format!(
                "add `depthStencilAttachment={{ view=… }}` to the {what}, with a `#texture` of {} as large as the canvas",
                state.format.text()
            );
            mismatch(message, span, state.span, "the state", help);
        }
        (Some((format, at)), Some(state)) => {
            // One without depth and stencil is reported where it stands.
            let info = formats::info(*state.format, &Device::default());
            if let Some(format) = format.filter(|format| *format != *state.format && (info.depth || info.stencil)) {
                let message = format!("the depth attachment is {}, the pipeline's {}", format.text(), state.format.text());
                let help = "write the same `format` in both".to_string();
                mismatch(message, *at, state.span, "the state", help);
            }
            if targets.depth_read_only && state.writes_depth() {
                mismatch(format!("depth is read-only, but `{name}` writes it"), *at, state.span, "the state", String::new());
            }
            if targets.stencil_read_only && state.writes_stencil(pipeline.primitive.cull_mode) {
                mismatch(
                    format!("the stencil is read-only, but `{name}` writes it"),
                    *at,
                    state.span,
                    "the state",
                    String::new(),
                );
            }
        }
    }
}

/// Frames: there should be one, and what a frame writes twice is written before anything reads it.
pub fn frames(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    if scene.frames.is_empty() {
        diagnostics.push(
            Diagnostic::global(Code::NothingDrawn, "the program has no `#frame`, so nothing is drawn")
                .help("add `#frame main { perform=[…] }`"),
        );
    }
    for frame in scene.frames {
        order::writes(scene, frame, diagnostics);
    }
}
