//! What a `#pass` draws to: textures of the formats and the size that it asks for, their mip levels, and how they reach the canvas.
//! Source: language reference, section 13.3.

use super::Lowerer;
use super::phases::{Phase, Shared, named};
use crate::check::surfaces::{self, Uses};
use crate::language::{Either, Elem, Slot, all};
use crate::resolve::{Pass, Stages};
use pngine_format::descriptor::canvas_extent;
use pngine_format::op::texture_usage;
use pngine_format::webgpu::Format;
use pngine_format::word::TextureDimension;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::BTreeMap;

/// The part of the canvas that an output may be, along each axis. Picked by feel: beyond them a mistake is likelier than a wish.
const PARTS: std::ops::RangeInclusive<f64> = 1.0 / 256.0..=16.0;

/// The side of the canvas in pixels whose mip levels a texture gets that follows the canvas: on larger ones it has the same number of
/// levels, and a smaller one would not have as many.
const LEVELS_OF: u32 = 64;

/// An output of a pass.
#[derive(Clone)]
pub(super) struct Surface {
    /// Its texture, two with feedback.
    pub(super) texture: TextureId,
    /// A view of each mip level, if there are several.
    levels: Vec<ViewId>,
    /// Its format.
    format: Format,
    /// Where that is written, or the name of the pass.
    format_span: Span,
    /// Width and height.
    pub(super) size: [Extent; 2],
}

impl Surface {
    /// What is drawn to, counted from the frame counter.
    pub(super) fn attachment(&self, member: u32) -> AttachmentView {
        match self.levels.first() {
            Some(view) => AttachmentView::View { view: *view, member },
            None => AttachmentView::Texture { texture: self.texture, member },
        }
    }

    /// What is stored to: one mip level.
    pub(super) fn stored(&self, member: u32) -> Resource {
        match self.levels.first() {
            Some(view) => Resource::View { view: *view, ping_pong: member },
            None => Resource::Texture { texture: self.texture, ping_pong: member },
        }
    }

    /// Whether a texel of it is a pixel of the canvas.
    fn fills_canvas(&self) -> bool {
        self.size == CANVAS
    }
}

/// The size of the canvas.
const CANVAS: [Extent; 2] = [Extent::Canvas([1.0, 0.0, 0.0]), Extent::Canvas([0.0, 1.0, 0.0])];

/// What the passes of a scene share that show and shrink outputs, each made once it is needed.
pub(super) struct Showing {
    stages: Stages,
    /// The vertex stage.
    pub(super) vertex: ShaderId,
    copy: Option<RenderPipelineId>,
    fit: Option<ShaderId>,
    fits: BTreeMap<&'static str, RenderPipelineId>,
    shrink: Option<ShaderId>,
    shrinks: BTreeMap<Format, RenderPipelineId>,
}

impl Showing {
    pub(super) fn new(stages: &Stages, vertex: ShaderId) -> Self {
        Self {
            stages: stages.clone(),
            vertex,
            copy: None,
            fit: None,
            fits: BTreeMap::new(),
            shrink: None,
            shrinks: BTreeMap::new(),
        }
    }
}

impl Lowerer<'_> {
    /// Width and height of a pass' outputs; `None` for a mistake, which is reported.
    fn pass_size(&mut self, pass: &Pass) -> Option<[Extent; 2]> {
        let size = &pass.slots.size;
        if size.is_bad() {
            return None;
        }
        match &size.value {
            None => Some(CANVAS),
            Some(Either::A(extents)) => self.pass_extents(extents),
            Some(Either::B(part)) if PARTS.contains(part) => {
                let part = *part as f32;
                Some([Extent::Canvas([part, 0.0, 0.0]), Extent::Canvas([0.0, part, 0.0])])
            }
            Some(Either::B(part)) => {
                let diagnostic = Diagnostic::new(Code::OutOfRange, size.span, format!("a `size` of {part} times the canvas"));
                let in_texels = if part.fract() == 0.0 && *part > 0.0 {
                    format!("; in texels write `size=[{part} {part}]`")
                } else {
                    String::new()
                };
                let (least, most) = (PARTS.start(), PARTS.end());
                self.report(diagnostic.help(format!("one number is a part of the canvas, {least} to {most}{in_texels}")));
                None
            }
        }
    }

    fn pass_extents(&mut self, extents: &[Elem<Extent>]) -> Option<[Extent; 2]> {
        all(extents)?.try_into().ok()
    }

    /// The outputs of a pass; holes stand for those that are wrong, which is reported.
    pub(super) fn surfaces(&mut self, pass: &Pass, uses: impl Fn(usize) -> Uses, pool: u32) -> Vec<Option<Surface>> {
        let size = self.pass_size(pass);
        let fits = self.is_none(surfaces::too_many(&self.scene.device, pass, uses(0).drawn));
        let size = size.filter(|_| fits);
        let outputs = pass.slots.outputs.elements().iter().map(|element| element.value.as_ref());
        let mut found = vec![self.surface(pass, (&pass.slots.format, &pass.slots.mips), named(pass, ""), size, (&uses(0), pool))];
        for (index, output) in (1..).zip(outputs) {
            found.push(output.and_then(|output| {
                let named = Named { name: output.name.value.clone()?, span: output.name.span };
                self.surface(pass, (&output.format, &output.mips), named, size, (&uses(index), pool))
            }));
        }
        found
    }

    /// Reports a finding, if there is one; whether there is none.
    fn is_none(&mut self, finding: Option<Diagnostic>) -> bool {
        let is_none = finding.is_none();
        finding.into_iter().for_each(|finding| self.report(finding));
        is_none
    }

    fn surface(
        &mut self,
        pass: &Pass,
        (format, mips): (&Slot<Format>, &Slot<bool>),
        named: Named,
        size: Option<[Extent; 2]>,
        (uses, pool): (&Uses, u32),
    ) -> Option<Surface> {
        let format_span = format.span_or(named.span);
        // The texture has a number even if it is wrong: a hole.
        self.scene.textures.push(None);
        let texture = TextureId(self.scene.textures.len() - 1);
        if format.is_bad()
            || mips.is_bad()
            || !self.is_none(surfaces::unsuited(&self.scene.device, (format.value, format_span), mips, uses))
        {
            return None;
        }
        let size = size?;
        let levels = if mips.value { levels_of(size) } else { 1 };
        let mut usage = texture_usage::TEXTURE_BINDING;
        if uses.stored || uses.seeded {
            usage |= texture_usage::STORAGE_BINDING;
        }
        if uses.drawn || uses.cleared.is_some() || levels > 1 {
            usage |= texture_usage::RENDER_ATTACHMENT;
        }
        let span = named.span;
        self.scene.textures[texture.0] = Some(Texture {
            named: named.clone(),
            size: Spanned::new([size[0], size[1], Extent::Fixed(1)], pass.slots.size.span_or(span)),
            format: Spanned::new(format.value, format_span),
            usage: Spanned::new(usage, span),
            implied_usage: 0,
            sample_count: Spanned::new(1, span),
            dimension: TextureDimension::D2,
            mip_levels: Spanned::new(levels, mips.span_or(span)),
            view_formats: Vec::new(),
            binding_dimension: None,
            pool,
        });
        let levels = (0..levels).filter(|_| levels > 1).map(|level| self.level_view(texture, &named, level)).collect();
        Some(Surface { texture, levels, format: format.value, format_span, size })
    }

    fn level_view(&mut self, texture: TextureId, of: &Named, level: u32) -> ViewId {
        self.scene.views.push(Some(View {
            named: Named { name: format!("{} level {level}", of.name), span: of.span },
            texture,
            format: None,
            dimension: None,
            aspect: None,
            usage: None,
            mips: Spanned::new(Part { first: level, count: Some(1) }, of.span),
            layers: Spanned::new(Part { first: 0, count: None }, of.span),
        }));
        ViewId(self.scene.views.len() - 1)
    }

    /// The steps that make the mip levels of an output, of the member that is written in this phase.
    pub(super) fn shrink(
        &mut self,
        pass: &Pass,
        surface: &Surface,
        phase: Phase,
        showing: &mut Showing,
        shared: &mut Shared,
    ) -> Vec<Step> {
        let span = pass.name_span;
        if surface.levels.len() < 2 {
            return Vec::new();
        }
        let shader = match showing.shrink {
            Some(shader) => shader,
            None => *showing.shrink.insert(self.add_shader(&showing.stages.shrink)),
        };
        let pipeline = match showing.shrinks.get(&surface.format) {
            Some(pipeline) => *pipeline,
            None => {
                let stage = Stage { span, shader, entry: "fs".to_string(), constants: Vec::new() };
                let named = Named { name: format!("mips of {}", surface.format.text()), span };
                let pipeline = self.fullscreen_pipeline(named, (showing.vertex, "vs"), stage, &[surface.format]);
                showing.shrinks.insert(surface.format, pipeline);
                pipeline
            }
        };
        let sampler = self.pass_sampler(span, shared);
        let member = phase.written() % self.scene.texture(surface.texture).map_or(1, |texture| texture.pool.max(1));
        let mut steps = Vec::new();
        for (level, pair) in surface.levels.windows(2).enumerate() {
            let [larger, smaller] = pair else { continue };
            let suffix = if phase == Phase::Seed { " of the seed" } else { "" };
            let named = named(pass, &format!(" level {}{suffix}", level + 1));
            let bind = |binding, resource| Entry { span, binding, resource };
            let entries = vec![bind(0, Resource::View { view: *larger, ping_pong: member }), bind(1, Resource::Sampler(sampler))];
            let Some(group) = self.add_group(named.clone(), PipelineId::Render(pipeline), entries) else { continue };
            let target = (AttachmentView::View { view: *smaller, member }, [0.0; 4]);
            steps.push(self.add_render_pass(named, &[target], Some(pipeline), Some(group), span));
        }
        steps
    }

    /// The step that shows an output on the canvas; `None` if it cannot be shown, which is reported.
    pub(super) fn show(&mut self, of: &Named, surface: &Surface, showing: &mut Showing, shared: &mut Shared) -> Option<Step> {
        let named = Named { name: format!("{} to canvas", of.name), span: of.span };
        let (span, texture) = (named.span, surface.texture);
        if surface.format.integers().is_some() {
            let message = format!("{} holds whole numbers, which the canvas cannot show", surface.format.text());
            self.report(
                Diagnostic::new(Code::FormatCapability, surface.format_span, message)
                    .help("the pass that reaches the canvas has a format of floats: read this one in another pass"),
            );
            return None;
        }
        let bind = |binding, resource| Entry { span, binding, resource };
        let mut entries = vec![bind(0, Resource::Texture { texture, ping_pong: 0 })];
        let can_filter = surfaces::can_filter(&self.scene.device, surface.format);
        let pipeline = if surface.fills_canvas() {
            match showing.copy {
                Some(pipeline) => pipeline,
                None => {
                    let shader = self.add_shader(&showing.stages.copy);
                    let stage = Stage { span, shader, entry: "fs".to_string(), constants: Vec::new() };
                    let named = Named { name: "copy".to_string(), span };
                    *showing.copy.insert(self.fullscreen_pipeline(named, (showing.vertex, "vs"), stage, &[Format::Canvas]))
                }
            }
        } else {
            let entry = if can_filter { "smoothly" } else { "exactly" };
            if can_filter {
                entries.push(bind(1, Resource::Sampler(self.pass_sampler(span, shared))));
            }
            let shader = match showing.fit {
                Some(shader) => shader,
                None => *showing.fit.insert(self.add_shader(&showing.stages.fit)),
            };
            match showing.fits.get(entry) {
                Some(pipeline) => *pipeline,
                None => {
                    let stage = Stage { span, shader, entry: entry.to_string(), constants: Vec::new() };
                    let named = Named { name: format!("fit {entry}"), span };
                    let pipeline = self.fullscreen_pipeline(named, (shader, "vs"), stage, &[Format::Canvas]);
                    showing.fits.insert(entry, pipeline);
                    pipeline
                }
            }
        };
        let group = self.add_group(named.clone(), PipelineId::Render(pipeline), entries)?;
        let target = (AttachmentView::Canvas, [0.0, 0.0, 0.0, 1.0]);
        Some(self.add_render_pass(named, &[target], Some(pipeline), Some(group), span))
    }
}

/// How many mip levels an output of this size has.
fn levels_of(size: [Extent; 2]) -> u32 {
    let texels = size.map(|extent| match extent {
        Extent::Fixed(texels) => texels,
        Extent::Canvas(coefficients) => canvas_extent(coefficients, LEVELS_OF, LEVELS_OF),
    });
    texels[0].max(texels[1]).max(1).ilog2() + 1
}
