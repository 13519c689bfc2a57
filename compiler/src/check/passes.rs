//! Passes against pipelines and resources, and frames.

use super::bindings::{buffer_needs, needs_usage, uses_group};
use super::resources::Range;
use super::usage::FRAMES;
use super::{count, list};
use crate::diag::{Code, Diagnostic};
use crate::formats;
use crate::scene::*;
use crate::source::Span;
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::word::Word;

const CANVAS_FORMAT: Word = Word::of("preferredCanvasFormat");

/// A pipeline that draws to the canvas and names one of the two formats that a canvas can have gets the canvas' own.
pub fn canvas_formats(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut mended: Vec<(RenderPipelineId, usize)> = Vec::new();
    for pass in scene.render_passes.iter().flatten() {
        let Some((id, _)) = pass.pipeline else { continue };
        for (index, color) in pass.colors.iter().enumerate() {
            let canvas = color.view == AttachmentView::Canvas;
            let target = scene.render_pipeline(id).and_then(|pipeline| pipeline.targets.get(index));
            if canvas
                && target.is_some_and(|target| matches!(target.format.text(), "bgra8unorm" | "rgba8unorm"))
                && !mended.contains(&(id, index))
            {
                mended.push((id, index));
            }
        }
    }
    for (id, index) in mended {
        let Some(Some(pipeline)) = scene.render_pipelines.get_mut(id.0) else { continue };
        let target = &mut pipeline.targets[index];
        let message = format!("the canvas is {} on some machines only", target.format.text());
        diagnostics.push(
            Diagnostic::new(Code::CanvasFormat, target.span, message)
                .label("`preferredCanvasFormat` is taken")
                .help("write `format=preferredCanvasFormat`"),
        );
        target.format = CANVAS_FORMAT;
    }
}

/// Format and sample count of an attachment.
fn attachment(scene: &Scene, view: AttachmentView) -> Option<(Word, u32)> {
    match view {
        AttachmentView::Canvas => Some((CANVAS_FORMAT, 1)),
        AttachmentView::Texture { .. } => scene.texture_of(view).map(|texture| (texture.format, texture.sample_count)),
        AttachmentView::View { view: id, .. } => {
            let view_format = scene.view(id)?.format;
            scene.texture_of(view).map(|texture| (view_format.unwrap_or(texture.format), texture.sample_count))
        }
    }
}

/// Every rule of a render pass.
pub fn render(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in scene.render_passes.iter().flatten() {
        attachments(scene, pass, diagnostics);
        extents(scene, pass, diagnostics);
        cycle(scene, pass, diagnostics);
        conflicts(scene, pass, diagnostics);
        for bound in &pass.vertices {
            if let Some(buffer) = scene.buffer(bound.buffer) {
                buffer_needs(buffer, ("VERTEX", buffer_usage::VERTEX), bound.span, diagnostics);
                pool_offset(bound.member, buffer.pool, bound.span, diagnostics);
                range_inside(buffer, (bound.offset, bound.size), 4, bound.span, diagnostics);
            }
        }
        if let Some(bound) = &pass.indices
            && let Some(buffer) = scene.buffer(bound.buffer)
        {
            buffer_needs(buffer, ("INDEX", buffer_usage::INDEX), bound.span, diagnostics);
            range_inside(buffer, (bound.offset, bound.size), if bound.wide { 4 } else { 2 }, bound.span, diagnostics);
        }
        let Some((id, span)) = pass.pipeline else {
            if let Some((_, draw)) = pass.draws.first() {
                let message = format!("`#renderPass {}` draws without a pipeline", pass.named.name);
                diagnostics.push(Diagnostic::new(Code::IncompletePass, *draw, message).help("add `pipeline=…`"));
            }
            continue;
        };
        let Some(pipeline) = scene.render_pipeline(id) else { continue };
        against_pipeline(scene, pass, pipeline, span, diagnostics);
        bound_groups(scene, &pass.groups, PipelineId::Render(id), (&pass.named, !pass.draws.is_empty()), diagnostics);
        if !pass.draws.is_empty() {
            vertex_buffers(scene, pass, pipeline, diagnostics);
        }
    }
}

/// Every rule of a compute pass.
pub fn compute(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in scene.compute_passes.iter().flatten() {
        bound_groups(scene, &pass.groups, PipelineId::Compute(pass.pipeline.0), (&pass.named, true), diagnostics);
    }
}

/// Source: WebGPU, 17.1.1 "validating GPURenderPassDescriptor", attachments one by one.
fn attachments(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    const RENDER: (&str, u32) = ("RENDER_ATTACHMENT", texture_usage::RENDER_ATTACHMENT);
    if pass.colors.len() > 8 {
        let message = format!("a pass has at most 8 color attachments, here are {}", pass.colors.len());
        diagnostics.push(Diagnostic::new(Code::Attachment, pass.named.span, message));
    }
    if pass.colors.is_empty() && pass.depth.is_none() {
        let message = format!("`#renderPass {}` has no attachment", pass.named.name);
        diagnostics.push(
            Diagnostic::new(Code::Attachment, pass.named.span, message)
                .help("leave `colorAttachments` out to draw to the canvas"),
        );
    }
    for color in &pass.colors {
        let Some((format, samples)) = attachment(scene, color.view) else { continue };
        if let Some(texture) = scene.texture_of(color.view) {
            needs_usage(texture, RENDER, color.span, diagnostics);
        }
        if !formats::info(format, &scene.device).renderable {
            let message = format!("{} is no colour that can be drawn to", format.text());
            diagnostics.push(Diagnostic::new(Code::Attachment, color.span, message));
        }
        one_subresource(scene, color.view, color.span, diagnostics);
        if scene.texture_of(color.view).is_some_and(|texture| texture.dimension.text() == "3d") {
            let message = "drawing to a slice of a 3d texture is not supported yet";
            diagnostics
                .push(Diagnostic::new(Code::NotSupportedYet, color.span, message).help("draw to a 2d texture with layers"));
        }
        let Some(resolve) = color.resolve else { continue };
        let Some((target, target_samples)) = attachment(scene, resolve) else { continue };
        if let Some(texture) = scene.texture_of(resolve) {
            needs_usage(texture, RENDER, color.span, diagnostics);
        }
        one_subresource(scene, resolve, color.span, diagnostics);
        let message = if samples == 1 {
            "`resolveTarget` goes with a multisampled attachment only".to_string()
        } else if target_samples != 1 {
            "`resolveTarget` is multisampled itself".to_string()
        } else if target != format {
            format!("{} cannot be resolved to {}", format.text(), target.text())
        } else if !formats::info(format, &scene.device).resolvable {
            format!("{} cannot be resolved", format.text())
        } else {
            continue;
        };
        diagnostics.push(Diagnostic::new(Code::Attachment, color.span, message));
    }
    if let Some(depth) = &pass.depth {
        if let Some(texture) = scene.texture_of(depth.view) {
            needs_usage(texture, RENDER, depth.span, diagnostics);
        }
        one_subresource(scene, depth.view, depth.span, diagnostics);
        if let (AttachmentView::View { view: id, .. }, Some(texture)) = (depth.view, scene.texture_of(depth.view)) {
            let info = formats::info(texture.format, &scene.device);
            let aspect = scene.view(id).and_then(|view| view.aspect).map_or("all", |aspect| aspect.text());
            if info.depth && info.stencil && aspect != "all" {
                let message = format!("an attachment is all of {}, this view is {aspect}", texture.format.text());
                diagnostics.push(Diagnostic::new(Code::Attachment, depth.span, message).help("leave `aspect` out"));
            }
        }
    }
    if pass.colors.len() <= 8 {
        twice(scene, pass, diagnostics);
    }
    let samples: Vec<(u32, Span)> = pass
        .colors
        .iter()
        .filter_map(|color| Some((attachment(scene, color.view)?.1, color.span)))
        .chain(pass.depth.iter().filter_map(|depth| Some((attachment(scene, depth.view)?.1, depth.span))))
        .collect();
    if let Some((first, first_span)) = samples.first()
        && let Some((other, span)) = samples.iter().find(|(count, _)| count != first)
    {
        let message = format!("this attachment has {}", count(*other as usize, "sample"));
        diagnostics.push(
            Diagnostic::new(Code::Attachment, *span, message)
                .also(*first_span, format!("this one has {first}"))
                .help("all attachments of a pass have the same"),
        );
    }
}

/// No subresource is attached twice, resolve targets included.
fn twice(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(Option<(TextureId, u32)>, Range, Span)> = Vec::new();
    // A target that one sample is resolved to is reported.
    let resolves =
        |color: &ColorAttachment| color.resolve.filter(|_| attachment(scene, color.view).is_some_and(|(_, samples)| samples > 1));
    let views =
        pass.colors.iter().flat_map(|color| [Some((color.view, color.span)), resolves(color).map(|view| (view, color.span))]);
    for (view, span) in views.flatten() {
        let (id, range) = match (view, scene.texture_of(view)) {
            (AttachmentView::Canvas, _) => (None, Range { mips: (0, 1), layers: (0, 1) }),
            (_, Some(texture)) => (member_of(scene, view), range_of(scene, view, texture)),
            (_, None) => continue,
        };
        match seen.iter().find(|(other, written, _)| *other == id && written.overlaps(range)) {
            Some((_, _, first)) => {
                let name = scene.texture_of(view).map_or("the canvas".to_string(), |texture| format!("`{}`", texture.named.name));
                let message = format!("{name} is attached twice");
                diagnostics.push(Diagnostic::new(Code::Attachment, span, message).also(*first, "attached here already"));
                return;
            }
            None => seen.push((id, range, span)),
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

/// All attachments have one size. Sizes from the canvas are compared by their formula.
fn extents(scene: &Scene, pass: &RenderPass, diagnostics: &mut Vec<Diagnostic>) {
    let size_of = |view: AttachmentView| -> Option<[Extent; 2]> {
        let canvas = [Extent::Canvas([1.0, 0.0, 0.0]), Extent::Canvas([0.0, 1.0, 0.0])];
        if view == AttachmentView::Canvas {
            return Some(canvas);
        }
        let texture = scene.texture_of(view)?;
        let level = if let AttachmentView::View { view, .. } = view { scene.view(view)?.base_mip } else { 0 };
        let at = |extent: Extent| match extent {
            Extent::Fixed(texels) => Some(Extent::Fixed((texels >> level.min(31)).max(1))),
            canvas if level == 0 => Some(canvas),
            Extent::Canvas(_) => None,
        };
        Some([at(texture.size[0])?, at(texture.size[1])?])
    };
    let views =
        pass.colors.iter().flat_map(|color| [Some((color.view, color.span)), color.resolve.map(|view| (view, color.span))]);
    let views = views.flatten().chain(pass.depth.iter().map(|depth| (depth.view, depth.span)));
    let sizes: Vec<([Extent; 2], Span)> = views.filter_map(|(view, span)| Some((size_of(view)?, span))).collect();
    let text = |size: &[Extent; 2]| {
        let axis = |extent: &Extent| match extent {
            Extent::Fixed(texels) => texels.to_string(),
            Extent::Canvas([1.0, 0.0, 0.0]) => "canvas.width".to_string(),
            Extent::Canvas([0.0, 1.0, 0.0]) => "canvas.height".to_string(),
            Extent::Canvas([a, b, c]) => format!("{a}·canvas.width + {b}·canvas.height + {c}"),
        };
        format!("{} × {}", axis(&size[0]), axis(&size[1]))
    };
    if let Some((first, first_span)) = sizes.first()
        && let Some((other, span)) = sizes.iter().find(|(size, _)| size != first)
    {
        diagnostics.push(
            Diagnostic::new(Code::Attachment, *span, format!("this attachment is {}", text(other)))
                .also(*first_span, format!("this one is {}", text(first)))
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
            write(resolve, color.span);
        }
    }
    if let Some(depth) = &pass.depth
        && (matches!(depth.depth, Some(AspectOps::Write { .. })) || matches!(depth.stencil, Some(AspectOps::Write { .. })))
    {
        write(depth.view, depth.span);
    }
    for bound in &pass.groups {
        let Some(group) = scene.group(bound.group) else { continue };
        for entry in &group.entries {
            let (id, ping_pong, view) = match &entry.resource {
                Resource::Texture { texture, ping_pong } => (*texture, *ping_pong, None),
                Resource::View { view, ping_pong } => match scene.view(*view) {
                    Some(view) => (view.texture, *ping_pong, Some(view)),
                    None => continue,
                },
                Resource::Buffer { .. } | Resource::Sampler(_) => continue,
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
            if let Some((.., attached)) = clash {
                let name = &texture.named.name;
                diagnostics.push(
                    Diagnostic::new(
                        Code::ReadWriteConflict,
                        bound.span,
                        format!("`{name}` is read in the pass that draws to it"),
                    )
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

/// The texture of an attachment, and which member of its pool the first frame draws to.
fn member_of(scene: &Scene, view: AttachmentView) -> Option<(TextureId, u32)> {
    let (pool, member) = scene.attachment_pool(view);
    let id = match view {
        AttachmentView::Canvas => return None,
        AttachmentView::Texture { texture, .. } => texture,
        AttachmentView::View { view, .. } => scene.view(view)?.texture,
    };
    Some((id, member % pool.max(1)))
}

/// Most frames after which the members of all pools of a pass' attachments come around together. Picked by feel: the descriptor of the
/// pass is stored once for each.
const MAX_CYCLE: u32 = 1024;

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

fn pool_offset(offset: u32, pool: u32, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    // Offsets of what has no pool are ignored (language reference, section 10, rule 4).
    if pool > 1 && offset >= pool {
        let message = format!("an offset of {offset} in a pool of {pool}");
        diagnostics.push(Diagnostic::new(Code::OutOfRange, span, message).help(format!("it must be 0 to {}", pool - 1)));
    }
}

/// A range of a vertex or index buffer; its offset is a multiple of `unit` bytes.
fn range_inside(buffer: &Buffer, (offset, size): (u32, Option<u32>), unit: u32, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let end = u64::from(offset) + u64::from(size.unwrap_or(0));
    if end > u64::from(buffer.size) {
        let message = format!("the range ends at byte {end}, and `{}` has {}", buffer.named.name, buffer.size);
        diagnostics.push(Diagnostic::new(Code::DrawOutOfRange, span, message).also(buffer.size_span, "its size"));
    }
    if !offset.is_multiple_of(unit) {
        diagnostics.push(Diagnostic::new(Code::Unaligned, span, format!("an offset of {offset} is no multiple of {unit}")));
    }
}

/// Source: WebGPU, 17.1.1 "render pass layouts": the pipeline's targets are the pass' attachments.
fn against_pipeline(scene: &Scene, pass: &RenderPass, pipeline: &RenderPipeline, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let name = &pipeline.named.name;
    let mut mismatch = |message: String, at: Span, other: Span, words: &str| {
        diagnostics.push(Diagnostic::new(Code::AttachmentMismatch, at, message).also(other, words));
    };
    if pass.colors.len() != pipeline.targets.len() {
        let message = format!(
            "`{name}` has {}, the pass {}",
            count(pipeline.targets.len(), "color target"),
            count(pass.colors.len(), "color attachment")
        );
        mismatch(message, span, pipeline.named.span, "the pipeline");
        return;
    }
    for (color, target) in pass.colors.iter().zip(&pipeline.targets) {
        let Some((format, _)) = attachment(scene, color.view) else { continue };
        if format != target.format {
            mismatch(
                format!("the attachment is {}, the pipeline's target {}", format.text(), target.format.text()),
                color.span,
                target.span,
                "the target",
            );
        }
    }
    let samples = pass.colors.iter().map(|color| color.view).chain(pass.depth.iter().map(|depth| depth.view));
    if let Some((_, samples)) = samples.filter_map(|view| attachment(scene, view)).next()
        && samples != pipeline.sample_count
    {
        let message = format!("`{name}` has {}, the attachments {samples}", count(pipeline.sample_count as usize, "sample"));
        mismatch(message, span, pipeline.multisample_span, "the pipeline's samples");
    }
    match (&pass.depth, &pipeline.depth_stencil) {
        (None, None) => {}
        (Some(depth), None) => {
            mismatch(
                format!("the pass has a depth attachment, `{name}` has no `depthStencil`"),
                depth.span,
                pipeline.named.span,
                "the pipeline",
            );
        }
        (None, Some(state)) => {
            mismatch(format!("`{name}` has a `depthStencil`, the pass no depth attachment"), span, state.span, "the state");
        }
        (Some(depth), Some(state)) => {
            if let Some((format, _)) = attachment(scene, depth.view)
                && format != state.format
            {
                mismatch(
                    format!("the depth attachment is {}, the pipeline's {}", format.text(), state.format.text()),
                    depth.span,
                    state.span,
                    "the state",
                );
            }
            if depth.depth == Some(AspectOps::ReadOnly) && state.depth_write {
                mismatch(format!("depth is read-only, but `{name}` writes it"), depth.span, state.span, "the state");
            }
            if depth.stencil == Some(AspectOps::ReadOnly) && state.stencil_write {
                mismatch(format!("the stencil is read-only, but `{name}` writes it"), depth.span, state.span, "the state");
            }
        }
    }
}

/// The bind groups of a pass: each where its layout belongs, and all that the shaders use.
fn bound_groups(
    scene: &Scene,
    groups: &[BoundGroup],
    pipeline: PipelineId,
    (pass, draws): (&Named, bool),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(named) = scene.pipeline_name(pipeline) else { return };
    let Some(layout) = scene.pipeline_layout(pipeline) else { return };
    let explicit = layout.map(|id| scene.pipeline_layouts[id.0].as_ref());
    for (slot, bound) in groups.iter().enumerate() {
        let Some(group) = scene.group(bound.group) else { continue };
        pool_offset(bound.offset, group.pool, bound.span, diagnostics);
        let wanted = match explicit {
            Some(None) => continue,
            Some(Some(layout)) => match layout.groups.get(slot) {
                Some(layout) => GroupLayout::Explicit(*layout),
                None => {
                    let message = format!("`#pipelineLayout {}` has no group {slot}", layout.named.name);
                    diagnostics
                        .push(Diagnostic::new(Code::GroupIndex, bound.span, message).also(layout.named.span, "declared here"));
                    continue;
                }
            },
            None => GroupLayout::Auto(pipeline, slot as u32),
        };
        if group.layout == wanted {
            continue;
        }
        let name = &group.named.name;
        let mut diagnostic = match group.layout {
            GroupLayout::Auto(other, index) if other == pipeline => {
                let message = format!("`{name}` is for group {index} of `{}`, here it is group {slot}", named.name);
                Diagnostic::new(Code::GroupIndex, bound.span, message).help("its position in `bindGroups` is its group")
            }
            GroupLayout::Auto(other, _) => {
                let other = scene.pipeline_name(other).map_or("?", |named| &named.name);
                let message = format!("`{name}` is for the automatic layout of `{other}`, the pass uses `{}`", named.name);
                Diagnostic::new(Code::GroupIndex, bound.span, message)
                    .help("automatic layouts are not shared between pipelines: make a bind group for each, or write a `#bindGroupLayout`")
            }
            GroupLayout::Explicit(_) => {
                let message = format!("`{name}` has another layout than group {slot} of `{}`", named.name);
                Diagnostic::new(Code::GroupIndex, bound.span, message)
                    .help("give the pipeline a `#pipelineLayout` with the same `#bindGroupLayout`")
            }
        };
        diagnostic = diagnostic.also(group.layout_span, "the group's layout");
        diagnostics.push(diagnostic);
    }
    if draws {
        // All that an explicit layout has must be set, whether or not the shaders use it.
        let needed = |group: u32| match explicit {
            Some(layout) => layout
                .and_then(|layout| scene.layouts[layout.groups.get(group as usize)?.0].as_ref())
                .is_some_and(|layout| !layout.entries.is_empty()),
            None => uses_group(scene, pipeline, group),
        };
        let missing: Vec<String> =
            (groups.len() as u32..4).filter(|&group| needed(group)).map(|group| group.to_string()).collect();
        if !missing.is_empty() {
            let message =
                format!("`{}` needs bind group {}, which pass `{}` does not set", named.name, list(&missing), pass.name);
            diagnostics.push(
                Diagnostic::new(Code::IncompletePass, pass.span, message)
                    .also(named.span, "the pipeline")
                    .help("add it to `bindGroups`"),
            );
        }
    }
}

/// Source: WebGPU, 17.2.2 "valid to draw", "valid to draw indexed".
fn vertex_buffers(scene: &Scene, pass: &RenderPass, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    for (slot, layout) in pipeline.buffers.iter().enumerate() {
        let Some(layout) = layout else { continue };
        let Some(bound) = pass.vertices.get(slot) else {
            let message = format!("`{}` needs a vertex buffer in slot {slot}", pipeline.named.name);
            diagnostics.push(
                Diagnostic::new(Code::IncompletePass, pass.named.span, message)
                    .also(layout.span, "its layout")
                    .help("add it to `vertexBuffers`"),
            );
            continue;
        };
        let Some(buffer) = scene.buffer(bound.buffer) else { continue };
        let available = u64::from(bound.size.unwrap_or(buffer.size.saturating_sub(bound.offset)));
        let last = layout
            .attributes
            .iter()
            .map(|a| u64::from(a.offset) + u64::from(formats::vertex_format(a.format).2))
            .max()
            .unwrap_or(0);
        for (draw, span) in &pass.draws {
            let (count, first) = match (draw, layout.per_instance) {
                (Draw::Vertices([count, _, first, _]), false) => (*count, *first),
                (Draw::Vertices([_, count, _, first]) | Draw::Indexed([_, count, _, _, first]), true) => (*count, *first),
                // How far indices reach is known to the GPU only.
                (Draw::Indexed(_), false) => continue,
            };
            let end = u64::from(count) + u64::from(first);
            let needed = if end == 0 { 0 } else { (end - 1) * u64::from(layout.stride) + last };
            if count > 0 && needed > available {
                let what = if layout.per_instance { "instances" } else { "vertices" };
                let message = format!("{end} {what} need {needed} bytes, `{}` has {available}", buffer.named.name);
                diagnostics.push(
                    Diagnostic::new(Code::DrawOutOfRange, *span, message)
                        .also(buffer.size_span, "its size")
                        .also(layout.span, "its layout"),
                );
            }
        }
    }
    for (draw, span) in &pass.draws {
        let Draw::Indexed([count, _, first, ..]) = draw else { continue };
        let Some(bound) = &pass.indices else {
            let message = format!("`#renderPass {}` draws by index without an index buffer", pass.named.name);
            diagnostics.push(Diagnostic::new(Code::IncompletePass, *span, message).help("add `indexBuffer=…`"));
            continue;
        };
        if let Some(strip) = pipeline.strip_index_format
            && (strip.text() == "uint32") != bound.wide
        {
            let message = format!("the pipeline's strips have {} indices", strip.text());
            diagnostics.push(
                Diagnostic::new(Code::AttachmentMismatch, bound.span, message)
                    .help("make `indexFormat` and `stripIndexFormat` the same"),
            );
        }
        let Some(buffer) = scene.buffer(bound.buffer) else { continue };
        let available = u64::from(bound.size.unwrap_or(buffer.size.saturating_sub(bound.offset)));
        let width = if bound.wide { 4 } else { 2 };
        let needed = (u64::from(*count) + u64::from(*first)) * width;
        if needed > available {
            let message = format!("{count} indices need {needed} bytes, `{}` has {available}", buffer.named.name);
            let help = if bound.wide {
                "the indices are taken as uint32; write `indexFormat=uint16` if they are not"
            } else {
                "the indices are uint16"
            };
            diagnostics.push(Diagnostic::new(Code::DrawOutOfRange, *span, message).also(buffer.size_span, "its size").help(help));
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
    for frame in &scene.frames {
        let mut written: Vec<(&WriteBuffer, usize)> = Vec::new();
        for (position, (step, span)) in frame.steps.iter().enumerate() {
            let Step::Queue(queue) = step else { continue };
            for write in scene.queues[queue.0].iter().flat_map(|queue| &queue.writes) {
                let overlaps = |old: &WriteBuffer| {
                    old.buffer == write.buffer
                        && old.ping_pong == write.ping_pong
                        && old.offset < write.offset + write.len
                        && write.offset < old.offset + old.len
                };
                let earlier = written.iter().find(|(old, _)| overlaps(old));
                if let Some((old, at)) = earlier
                    // Two writes of one queue have nothing between them.
                    && frame.steps.get(*at + 1..position).is_some_and(|between| between.iter().any(|(step, _)| reads(scene, *step, write.buffer)))
                {
                    let name = scene.buffer(write.buffer).map_or("?", |buffer| &buffer.named.name);
                    let message = format!("`{name}` is written again after a pass that reads it");
                    diagnostics.push(
                        Diagnostic::new(Code::WriteOrder, *span, message)
                            .also(old.span, "the first write")
                            .help("all writes of a frame take effect before its passes; use two buffers"),
                    );
                }
                written.push((write, position));
            }
        }
    }
}

fn reads(scene: &Scene, step: Step, buffer: BufferId) -> bool {
    let in_groups = |groups: &[BoundGroup]| {
        groups.iter().filter_map(|bound| scene.group(bound.group)).flat_map(|group| &group.entries).any(|entry| {
            match entry.resource {
                Resource::Buffer { buffer: bound, .. } => bound == buffer,
                _ => false,
            }
        })
    };
    match step {
        Step::Render(id) => scene.render_passes[id.0].as_ref().is_some_and(|pass| {
            in_groups(&pass.groups)
                || pass.vertices.iter().any(|bound| bound.buffer == buffer)
                || pass.indices.as_ref().is_some_and(|bound| bound.buffer == buffer)
        }),
        Step::Compute(id) => scene.compute_passes[id.0].as_ref().is_some_and(|pass| in_groups(&pass.groups)),
        Step::Init(id) => scene.inits[id.0].as_ref().is_some_and(|init| init.buffer == buffer),
        Step::Queue(_) => false,
    }
}
