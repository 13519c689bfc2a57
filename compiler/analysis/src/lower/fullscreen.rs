//! A `#pass` becomes ordinary objects: textures, a sampler, buffers, pipelines, bind groups, passes and writes, which are checked and
//! emitted like any others. Source: language reference, section 13.
//!
//! With F the frame counter, a pass with feedback draws to member F mod 2 of its texture and reads the other one; whoever reads the
//! pass sees what it drew in this frame. A seed writes the member that the next run reads.

use super::Lowerer;
use super::phases::{Phase, Shared, named};
use super::resources::sampler_of;
use super::surfaces::{Showing, Surface};
use crate::check::surfaces::Uses;
use crate::language::{self, Ns, Rows};
use crate::resolve::{Bound, Fullscreen, PASS_INPUTS, Pass, PassShader};
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::status::INPUTS;
use pngine_format::webgpu::Format;
use pngine_format::word::{TextureAspect, TextureDimension, TextureFormat};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::reflect;
use std::collections::{BTreeMap, BTreeSet};

/// The format of the textures that images are copied into: values stay as the file has them.
const IMAGE_FORMAT: Format = Format::Texture(TextureFormat::Rgba8Unorm);

/// How many variants a bind group may have, as many as members a pool. Source: language reference, section 10.
const MAX_VARIANTS: u32 = 255;

/// What a `#pass` that a frame lists runs.
pub(super) struct PassSteps {
    /// What it is called and where.
    pub(super) named: Named,
    /// Once, before anything else: images that are read, and then what seeds the output.
    pub(super) uploads: Vec<Step>,
    /// What seeds the output, once, before anything else.
    pub(super) seed: Vec<Step>,
    /// Its uniforms, once per frame.
    pub(super) write: Option<Step>,
    /// What draws or computes.
    pub(super) stages: Vec<Step>,
    /// What it draws to first; `None` for the canvas itself, and for a mistake, which is reported.
    surface: Option<Surface>,
    /// What shows that on the canvas, once a frame asked for it.
    copy: Option<Step>,
}

/// What frames need to know about the passes.
pub(super) struct PassList {
    /// In source order.
    pub(super) steps: Vec<PassSteps>,
    /// The main one.
    pub(super) main: usize,
    showing: Showing,
    shared: Shared,
}

/// The outputs of every pass; `None` for one that draws to the canvas itself.
type Surfaces = [Option<Vec<Option<Surface>>>];

/// A pass' own things.
struct Own<'p> {
    pass: &'p Pass,
    index: usize,
    clear: Option<[f64; 4]>,
    /// By their positions in [`PASS_INPUTS`].
    inputs: BTreeMap<usize, BufferId>,
    /// What copies the images that it reads.
    uploads: Vec<Step>,
}

impl Lowerer<'_> {
    /// Makes the objects of every `#pass`.
    pub(super) fn fullscreen(&mut self, fullscreen: &Fullscreen) -> Option<PassList> {
        let stages = fullscreen.stages.as_ref()?;
        let vertex = self.add_shader(&stages.vertex);
        let passes = &fullscreen.passes;
        let bounds =
            || passes.iter().flat_map(|pass| [&pass.code, &pass.seed]).flatten().flat_map(|shader| shader.bound.values());
        let read: BTreeSet<usize> =
            bounds().filter_map(|bound| if let Bound::Output(index, _) = bound { Some(*index) } else { None }).collect();
        let feedback = |pass: &Pass| pass.slots.feedback.value || pass.slots.feedback.is_bad();
        let surfaces: Vec<Option<Vec<Option<Surface>>>> = passes
            .iter()
            .enumerate()
            .map(|(index, pass)| {
                let slots = &pass.slots;
                let is_own =
                    slots.format.is_written() || slots.size.is_written() || slots.outputs.is_written() || slots.mips.value;
                let direct = index == fullscreen.main
                    && !(pass.computes || feedback(pass) || pass.seeded.is_some() || read.contains(&index) || is_own);
                let uses = |output: usize| Uses {
                    drawn: !pass.computes,
                    stored: pass.computes,
                    seeded: pass.seeded.is_some() && output == 0
                        || pass
                            .seed
                            .as_ref()
                            .is_some_and(|seed| seed.bound.values().any(|bound| *bound == Bound::Target(output))),
                    cleared: slots.clear.written().map(|_| slots.clear.span),
                };
                (!direct).then(|| self.surfaces(pass, uses, if feedback(pass) { 2 } else { 1 }))
            })
            .collect();
        let mut shared = Shared { uniforms: self.pass_uniforms(fullscreen), ..Shared::default() };
        let mut showing = Showing::new(stages, vertex);
        let mut steps = Vec::new();
        for (index, pass) in passes.iter().enumerate() {
            let clear = pass.slots.clear.written().copied();
            let mut own = Own { pass, index, clear, inputs: BTreeMap::new(), uploads: Vec::new() };
            let mut found = PassSteps {
                named: named(pass, ""),
                uploads: Vec::new(),
                seed: Vec::new(),
                write: None,
                stages: Vec::new(),
                surface: surfaces.get(index).and_then(|outputs| outputs.as_ref()?.first()?.clone()),
                copy: None,
            };
            // A mistake is reported, and leaves the rest out.
            let _ = self.pass_steps(&mut own, &surfaces, &mut showing, &mut shared, &mut found);
            found.uploads = own.uploads;
            steps.push(found);
        }
        Some(PassList { steps, main: fullscreen.main, showing, shared })
    }

    pub(super) fn add_shader(&mut self, shader: &Shader) -> ShaderId {
        self.scene.shaders.push(shader.clone());
        ShaderId(self.scene.shaders.len() - 1)
    }

    /// Everything else of a pass; `None` if it could not be understood, which is reported.
    fn pass_steps(
        &mut self,
        own: &mut Own,
        surfaces: &Surfaces,
        showing: &mut Showing,
        shared: &mut Shared,
        steps: &mut PassSteps,
    ) -> Option<()> {
        let pass = own.pass;
        let code = pass.code.as_ref()?;
        let outputs: Vec<Surface> = match surfaces.get(own.index)? {
            Some(outputs) => outputs.iter().cloned().collect::<Option<_>>()?,
            None => Vec::new(),
        };
        steps.write = self.pass_write(own, code);
        if let Some(seed) = &pass.seed {
            let shader = self.add_shader(&seed.shader);
            self.note_uniforms(seed, shader);
            steps.seed.push(self.pass_compute(own, (seed, shader), Phase::Seed, (surfaces, &outputs), shared)?);
            for surface in &outputs {
                steps.seed.extend(self.shrink(pass, surface, Phase::Seed, showing, shared));
            }
        }
        // `clear` says what the first output is cleared to. Source: language reference, section 13, "clear".
        let clears = std::iter::once(own.clear.unwrap_or([0.0, 0.0, 0.0, 1.0])).chain(std::iter::repeat([0.0; 4]));
        let targets: Vec<(AttachmentView, [f64; 4])> = if outputs.is_empty() {
            vec![(AttachmentView::Canvas, own.clear.unwrap_or([0.0, 0.0, 0.0, 1.0]))]
        } else {
            outputs.iter().map(|surface| surface.attachment(0)).zip(clears).collect()
        };
        let shader = self.add_shader(&code.shader);
        self.note_uniforms(code, shader);
        if pass.computes {
            if own.clear.is_some() {
                steps.stages.push(self.add_render_pass(named(pass, " clear"), &targets, None, None, pass.name_span));
            }
            steps.stages.push(self.pass_compute(own, (code, shader), Phase::Run, (surfaces, &outputs), shared)?);
        } else {
            let entry = code.entries.first()?;
            let span = code.shader.module.as_ref()?.entry_point(entry)?.span;
            let formats: Vec<Format> = match outputs.as_slice() {
                [] => vec![Format::Canvas],
                outputs => outputs
                    .iter()
                    .map(|surface| self.scene.texture(surface.texture).map(|texture| texture.format.value))
                    .collect::<Option<_>>()?,
            };
            let stage = Stage { span, shader, entry: entry.clone(), constants: Vec::new() };
            let pipeline = self.fullscreen_pipeline(named(pass, ""), (showing.vertex, "vs"), stage, &formats);
            let group = self.pass_group(own, (code, entry), PipelineId::Render(pipeline), Phase::Run, surfaces, shared)?;
            steps.stages.push(self.add_render_pass(named(pass, ""), &targets, Some(pipeline), group, pass.name_span));
        }
        for surface in &outputs {
            steps.stages.extend(self.shrink(pass, surface, Phase::Run, showing, shared));
        }
        Some(())
    }

    /// The buffers of the inputs that a pass reads, and the step that writes them.
    fn pass_write(&mut self, own: &mut Own, code: &PassShader) -> Option<Step> {
        let span = own.pass.name_span;
        let mut writes = Vec::new();
        for (index, input) in PASS_INPUTS.iter().enumerate() {
            let usages = [Some(code), own.pass.seed.as_ref()].into_iter().flatten().filter_map(|shader| {
                let name = shader.bound.iter().find(|(_, bound)| **bound == Bound::Input(index))?.0;
                Some(usage_of(&shader.shader.module.as_ref()?.binding(name)?.resource))
            });
            let Some(usage) = usages.reduce(|all, more| all | more) else { continue };
            let source = INPUTS.iter().position(|row| row.name == input.source)?;
            let size = INPUTS[source].size;
            self.scene.buffers.push(Some(Buffer {
                named: named(own.pass, &format!(" {}", input.name)),
                size: Spanned::new(size, span),
                usage: Spanned::new(usage, span),
                implied_usage: 0,
                initial: None,
                pool: 1,
            }));
            let buffer = BufferId(self.scene.buffers.len() - 1);
            self.scene.pass_uniforms.insert(buffer);
            let source = Source::Input(source);
            writes.push(WriteBuffer {
                span,
                buffer,
                offset: Setting::unwritten(0, span),
                ping_pong: None,
                source: Spanned::new(source, span),
                source_offset: Setting::unwritten(0, span),
                size: Setting::unwritten(None, span),
                len: size,
            });
            own.inputs.insert(index, buffer);
        }
        if writes.is_empty() {
            return None;
        }
        self.scene.queues.push(Some(Queue {
            named: named(own.pass, " uniforms"),
            actions: writes.into_iter().map(Action::WriteBuffer).collect(),
            blocks: Vec::new(),
        }));
        Some(Step::Queue(QueueId(self.scene.queues.len() - 1)))
    }

    /// A compute pass of all entry points in order, each over the whole canvas. Source: language reference, section 13.3.
    fn pass_compute(
        &mut self,
        own: &mut Own,
        (shader, id): (&PassShader, ShaderId),
        phase: Phase,
        (surfaces, outputs): (&Surfaces, &[Surface]),
        shared: &mut Shared,
    ) -> Option<Step> {
        let module = shader.shader.module.as_ref()?;
        let who = named(own.pass, if phase == Phase::Seed { " init" } else { "" });
        let mut commands: Commands = Vec::new();
        for entry in &shader.entries {
            let found = module.entry_point(entry)?;
            let span = found.span;
            let Some([x, y, _]) = module.workgroup_size(found, &BTreeMap::new()) else {
                let message = format!("how many workgroups `{entry}` needs cannot be inferred");
                self.report(
                    Diagnostic::new(Code::IncompletePass, span, message)
                        .help("give `@workgroup_size` numbers, or overrides that have a value"),
                );
                return None;
            };
            let compute = Stage { span, shader: id, entry: entry.clone(), constants: Vec::new() };
            let named = Named { name: format!("{}.{entry}", who.name), span: who.span };
            self.scene.compute_pipelines.push(Some(ComputePipeline { named, layout: None, compute }));
            let pipeline = PipelineId::Compute(ComputePipelineId(self.scene.compute_pipelines.len() - 1));
            commands.push(Spanned::new(PassCommand::SetPipeline(pipeline), span));
            let group = self.pass_group(own, (shader, entry), pipeline, phase, surfaces, shared)?;
            commands.extend(group.map(|bound| Spanned::new(PassCommand::SetBindGroup(bound), span)));
            let [width, height] = outputs.first()?.size;
            let counts = [groups_over(width, x), groups_over(height, y), Extent::Fixed(1)];
            let counts = counts.map(|count| Spanned::new(count, span));
            commands.push(Spanned::new(PassCommand::Dispatch(counts), span));
        }
        self.scene.compute_passes.push(Some(ComputePass {
            named: who,
            timestamps: None,
            listed_groups: Spanned::new(1, own.pass.name_span),
            commands,
        }));
        Some(Step::Compute(ComputePassId(self.scene.compute_passes.len() - 1)))
    }

    /// A pipeline of the shared vertex stage and a fragment stage.
    pub(super) fn fullscreen_pipeline(
        &mut self,
        named: Named,
        (vertex, entry): (ShaderId, &str),
        fragment: Stage,
        formats: &[Format],
    ) -> RenderPipelineId {
        let span = fragment.span;
        let targets = formats.iter().map(|format| Target { span, format: *format, blend: None, write_mask: 15 });
        self.scene.render_pipelines.push(Some(RenderPipeline {
            vertex: Stage { span: named.span, shader: vertex, entry: entry.to_string(), constants: Vec::new() },
            multisample: Spanned::new(
                Multisample { count: Setting::unwritten(1, span), mask: None, alpha_to_coverage: false },
                named.span,
            ),
            named,
            layout: None,
            buffers: Spanned::new(Vec::new(), span),
            fragment: Some(fragment),
            targets: Spanned::new(targets.collect(), span),
            primitive: Primitive::default_at(span),
            depth_stencil: None,
        }));
        RenderPipelineId(self.scene.render_pipelines.len() - 1)
    }

    /// A render pass that clears its targets, and draws the triangle if there is a pipeline.
    pub(super) fn add_render_pass(
        &mut self,
        named: Named,
        targets: &[(AttachmentView, [f64; 4])],
        pipeline: Option<RenderPipelineId>,
        group: Option<BoundGroup>,
        span: Span,
    ) -> Step {
        let mut commands: Commands = Vec::new();
        if let Some(pipeline) = pipeline {
            commands.push(Spanned::new(PassCommand::SetPipeline(PipelineId::Render(pipeline)), span));
            commands.extend(group.map(|bound| Spanned::new(PassCommand::SetBindGroup(bound), span)));
            commands.push(Spanned::new(PassCommand::Draw([3, 1, 0, 0]), span));
        }
        self.scene.render_passes.push(Some(RenderPass {
            named,
            colors: targets
                .iter()
                .map(|(view, clear)| ColorAttachment {
                    span,
                    view: *view,
                    depth_slice: None,
                    resolve: None,
                    clear: Some(Spanned::new(*clear, span)),
                    store: true,
                })
                .collect(),
            depth: None,
            occlusion: None,
            timestamps: None,
            listed_groups: Spanned::new(1, span),
            commands,
        }));
        Step::Render(RenderPassId(self.scene.render_passes.len() - 1))
    }

    /// The step that shows what a pass drew on the canvas; `None` if it draws there itself.
    pub(super) fn pass_copy(&mut self, list: &mut PassList, pass: usize) -> Option<Step> {
        let PassList { steps, showing, shared, .. } = list;
        let steps = steps.get_mut(pass)?;
        let surface = steps.surface.take()?;
        steps.copy = steps.copy.or_else(|| self.show(&steps.named, &surface, showing, shared));
        // What cannot be shown is said once.
        steps.surface = steps.copy.is_some().then_some(surface);
        steps.copy
    }

    /// The bind group of an entry point: exactly what it uses; the inner `None` if that is nothing, the outer one if something cannot
    /// be bound, which is reported.
    fn pass_group(
        &mut self,
        own: &mut Own,
        (shader, entry): (&PassShader, &str),
        pipeline: PipelineId,
        phase: Phase,
        surfaces: &Surfaces,
        shared: &mut Shared,
    ) -> Option<Option<BoundGroup>> {
        let module = shader.shader.module.as_ref()?;
        let mut entries = Vec::new();
        for &index in &module.entry_point(entry)?.bindings {
            let binding = module.bindings.get(index)?;
            let output = |pass: usize, output: usize| surfaces.get(pass)?.as_ref()?.get(output)?.as_ref();
            let pool = |texture: TextureId| self.scene.texture(texture).map(|texture| texture.pool.max(1));
            let member = |surface: &Surface, ping_pong: u32| Some(ping_pong % pool(surface.texture)?);
            let read = |surface: &Surface, ping_pong: u32| {
                Some(Resource::Texture { texture: surface.texture, ping_pong: member(surface, ping_pong)? })
            };
            // A seed comes before everything that the frame draws, so what it reads of others is what they were seeded with.
            let written = phase.written();
            let resource = match *shader.bound.get(&binding.name)? {
                Bound::Input(input) => whole(*own.inputs.get(&input)?, binding.span),
                Bound::Sampler => Resource::Sampler(self.pass_sampler(own.pass.name_span, shared)),
                Bound::Data(data) => whole(self.pass_data(data, &binding.resource, shared)?, binding.span),
                Bound::Target(index) => {
                    let surface = output(own.index, index)?;
                    surface.stored(member(surface, written)?)
                }
                Bound::Output(pass, index) => read(output(pass, index)?, written)?,
                // For a seed, what itself has drawn before is nothing, and what another pass has is its seed.
                Bound::Previous(pass, index) => {
                    let earlier = if phase == Phase::Seed && pass == own.index { 0 } else { 1 };
                    read(output(pass, index)?, earlier)?
                }
                Bound::Declared(Ns::ImageBitmap, index) => {
                    let (texture, upload) = self.pass_image(index, shared)?;
                    if !own.uploads.contains(&upload) {
                        own.uploads.push(upload);
                    }
                    Resource::Texture { texture, ping_pong: 0 }
                }
                // Of a pool what this frame writes: what `pingPong=1` picks.
                Bound::Declared(ns, index) => self.resource_of((ns, index), 1, binding.span)?,
                Bound::Earlier(ns, index) => self.resource_of((ns, index), 0, binding.span)?,
                Bound::Uniforms(set) => whole(*shared.uniforms.get(&set)?, binding.span),
            };
            entries.push(Entry { span: binding.span, binding: binding.binding, resource });
        }
        if entries.is_empty() {
            return Some(None);
        }
        let name = match pipeline {
            PipelineId::Render(_) => named(own.pass, ""),
            PipelineId::Compute(id) => self.scene.compute_pipeline(id)?.named.clone(),
        };
        Some(Some(self.add_group(name, pipeline, entries)?))
    }

    /// What binds a declaration; of a pool this member, counted from the frame counter. `None` for a hole.
    fn resource_of(&self, (ns, index): (Ns, usize), member: u32, span: Span) -> Option<Resource> {
        Some(match ns {
            Ns::Texture => {
                let texture = TextureId(index);
                Resource::Texture { texture, ping_pong: member % self.scene.texture(texture)?.pool.max(1) }
            }
            Ns::TextureView => {
                let view = ViewId(index);
                self.scene.view(view)?;
                Resource::View { view, ping_pong: member % self.scene.view_pool(view).max(1) }
            }
            Ns::Sampler => {
                self.scene.sampler(SamplerId(index))?;
                Resource::Sampler(SamplerId(index))
            }
            Ns::Video => {
                self.scene.video(VideoId(index))?;
                Resource::Video(VideoId(index))
            }
            _ => {
                let buffer = BufferId(index);
                let ping_pong = member % self.scene.buffer(buffer)?.pool.max(1);
                Resource::Buffer { buffer, offset: Spanned::new(0, span), size: None, ping_pong }
            }
        })
    }

    /// The texture of an image that passes read, and what copies the image into it: once for all passes.
    fn pass_image(&mut self, index: usize, shared: &mut Shared) -> Option<(TextureId, Step)> {
        if let Some(known) = shared.images.get(&index) {
            return Some(*known);
        }
        let image = ImageId(index);
        let Image { named, size: (width, height), .. } = self.scene.image(image)?.clone();
        let span = named.span;
        let size = [Extent::Fixed(width), Extent::Fixed(height), Extent::Fixed(1)];
        self.scene.textures.push(Some(Texture {
            named: named.clone(),
            size: Spanned::new(size, span),
            format: Spanned::new(IMAGE_FORMAT, span),
            usage: Spanned::new(
                texture_usage::TEXTURE_BINDING | texture_usage::COPY_DST | texture_usage::RENDER_ATTACHMENT,
                span,
            ),
            implied_usage: 0,
            sample_count: Spanned::new(1, span),
            dimension: TextureDimension::D2,
            mip_levels: Spanned::new(1, span),
            view_formats: Vec::new(),
            binding_dimension: None,
            pool: 1,
        }));
        let texture = TextureId(self.scene.textures.len() - 1);
        let zero = Extent::Fixed(0);
        let copy = TexelCopy {
            span,
            source: ImageSide { span, source: ImageSource::Image(image), origin: Spanned::new([0, 0], span), is_flipped: false },
            destination: TextureSide {
                span,
                texture: Some(texture),
                ping_pong: None,
                mip: Spanned::new(0, span),
                origin: Spanned::new([zero; 3], span),
                aspect: Spanned::new(TextureAspect::All, span),
            },
            size: Spanned::new(size, span),
        };
        let named = Named { name: format!("{} upload", named.name), span };
        self.scene.queues.push(Some(Queue {
            named,
            actions: vec![Action::CopyImage { copy, is_premultiplied: false }],
            blocks: Vec::new(),
        }));
        let step = Step::Queue(QueueId(self.scene.queues.len() - 1));
        shared.images.insert(index, (texture, step));
        Some((texture, step))
    }

    /// A bind group with as many variants as bring all pools in it to their first members again; `None` for too many, which is reported.
    pub(super) fn add_group(&mut self, named: Named, pipeline: PipelineId, entries: Vec<Entry>) -> Option<BoundGroup> {
        let span = named.span;
        let pool_of = |entry: &Entry| match entry.resource {
            Resource::Texture { texture, .. } => self.scene.texture(texture).map_or(1, |texture| texture.pool),
            Resource::View { view, .. } => self.scene.view_pool(view),
            Resource::Buffer { buffer, .. } => self.scene.buffer(buffer).map_or(1, |buffer| buffer.pool),
            Resource::Sampler(_) | Resource::Video(_) => 1,
        };
        let cycle = common_cycle(entries.iter().map(pool_of));
        let Some(pool) = cycle.filter(|pool| *pool <= MAX_VARIANTS) else {
            let message = format!("`{}` reads pools of too many different sizes", named.name);
            let frames = cycle.map_or("more than 4294967295".to_string(), |cycle| cycle.to_string());
            self.report(Diagnostic::new(Code::OutOfRange, span, message).help(format!(
                "they are at their first members together every {frames} frames, and at most {MAX_VARIANTS} are possible; the outputs \
                 of a pass with feedback are pools of 2"
            )));
            return None;
        };
        self.scene.groups.push(Some(Group { named, layout: Spanned::new(GroupLayout::Auto(pipeline, 0), span), entries, pool }));
        Some(BoundGroup { slot: 0, group: GroupId(self.scene.groups.len() - 1), offset: 0, dynamic: Vec::new() })
    }

    /// The sampler that all passes share.
    pub(super) fn pass_sampler(&mut self, span: Span, shared: &mut Shared) -> SamplerId {
        *shared.sampler.get_or_insert_with(|| {
            // That of an empty `#sampler`.
            let named = Named { name: "samp".to_string(), span };
            self.scene.samplers.push(Some(sampler_of(&language::Sampler::empty(), named)));
            SamplerId(self.scene.samplers.len() - 1)
        })
    }

    /// A buffer with the bytes of a `#data`, shared by all passes that read it, for a variable like this.
    fn pass_data(&mut self, data: usize, variable: &reflect::Resource, shared: &mut Shared) -> Option<BufferId> {
        let found = self.scene.data_at(DataId(data))?;
        let len = u32::try_from(found.len()).ok()?;
        let buffer = match shared.data.get(&data) {
            Some(buffer) => *buffer,
            None => {
                let span = found.span;
                let named = Named { name: found.name.clone(), span };
                self.scene.buffers.push(Some(Buffer {
                    named,
                    size: Spanned::new(len.checked_next_multiple_of(4)?, span),
                    usage: Spanned::new(0, span),
                    implied_usage: 0,
                    initial: Some(Spanned::new(DataId(data), span)),
                    pool: 1,
                }));
                let buffer = BufferId(self.scene.buffers.len() - 1);
                shared.data.insert(data, buffer);
                buffer
            }
        };
        let found = self.scene.buffers.get_mut(buffer.0)?.as_mut()?;
        found.usage.value |= usage_of(variable);
        // The last vector of a uniform is whole: what it has beyond the data is padding.
        if let reflect::Resource::Uniform(block) = variable
            && block.min_size > found.size.value
            && block.min_size <= len.checked_next_multiple_of(16)?
        {
            found.size.value = block.min_size;
        }
        Some(buffer)
    }
}

/// What a buffer is used for that a variable like this is bound to. What is no buffer is reported elsewhere.
fn usage_of(variable: &reflect::Resource) -> u32 {
    match variable {
        reflect::Resource::Storage { .. } => buffer_usage::STORAGE,
        _ => buffer_usage::UNIFORM,
    }
}

fn whole(buffer: BufferId, span: Span) -> Resource {
    Resource::Buffer { buffer, offset: Spanned::new(0, span), size: None, ping_pong: 0 }
}

/// As many workgroups of `size` as cover an extent: divided and rounded up.
fn groups_over(extent: Extent, size: u32) -> Extent {
    match extent {
        Extent::Fixed(texels) => Extent::Fixed(texels.div_ceil(size.max(1))),
        Extent::Canvas([width, height, constant]) => {
            let size = size.max(1) as f32;
            // The host rounds down. Half a texel more than needed keeps clear of what singles miss.
            Extent::Canvas([width / size, height / size, (constant + size - 0.5) / size])
        }
    }
}
