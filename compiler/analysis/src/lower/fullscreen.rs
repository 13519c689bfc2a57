//! A `#pass` becomes ordinary objects: textures, a sampler, buffers, pipelines, bind groups, passes and writes, which are checked and
//! emitted like any others. Source: language reference, section 13.
//!
//! With F the frame counter, a pass with feedback draws to member F mod 2 of its texture and reads the other one; whoever reads the
//! pass sees what it drew in this frame. A seed writes the member that the next run reads.

use super::Lowerer;
use super::resources::sampler_of;
use crate::language::{self, Rows};
use crate::resolve::{Bound, Fullscreen, Pass, PassShader};
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::status::INPUTS;
use pngine_format::webgpu::Format;
use pngine_format::word::{TextureDimension, TextureFormat};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The format of the textures that passes draw to. Source: language reference, section 13.
const TARGET_FORMAT: Format = Format::Texture(TextureFormat::Rgba8Unorm);

/// What a `#pass` that a frame lists runs.
pub(super) struct PassSteps {
    /// What it is called and where.
    pub(super) named: Named,
    /// Once, before anything else.
    pub(super) seed: Option<Step>,
    /// Its uniforms, once per frame.
    pub(super) write: Option<Step>,
    /// What draws or computes.
    pub(super) stages: Vec<Step>,
    /// What it draws to; `None` for the canvas itself.
    texture: Option<TextureId>,
    /// What copies the texture to the canvas, once a frame asked for it.
    copy: Option<Step>,
}

/// What frames need to know about the passes.
pub(super) struct PassList {
    /// In source order.
    pub(super) steps: Vec<PassSteps>,
    /// The main one.
    pub(super) main: usize,
    /// The shared vertex stage.
    vertex: ShaderId,
    /// The fragment stage that copies, and the pipeline, once a frame asked for it.
    copy: (Shader, Option<RenderPipelineId>),
}

/// Which member of a pass' own texture is written.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// That of this frame.
    Run,
    /// The one that this frame reads.
    Seed,
}

/// What all passes share, made when first asked for.
#[derive(Default)]
struct Shared {
    sampler: Option<SamplerId>,
    data: BTreeMap<usize, BufferId>,
}

/// A pass' own things.
struct Own<'p> {
    pass: &'p Pass,
    index: usize,
    clear: Option<[f64; 4]>,
    inputs: Option<BufferId>,
    pointer: Option<BufferId>,
}

impl Lowerer<'_> {
    /// Makes the objects of every `#pass`.
    pub(super) fn fullscreen(&mut self, fullscreen: &Fullscreen) -> Option<PassList> {
        let [vertex, copy] = fullscreen.stages.as_ref()?;
        let vertex = self.add_shader(vertex);
        let passes = &fullscreen.passes;
        let read: BTreeSet<usize> = passes
            .iter()
            .flat_map(|pass| [&pass.code, &pass.seed])
            .flatten()
            .flat_map(|shader| shader.bound.values())
            .filter_map(|bound| if let Bound::Pass(index) = bound { Some(*index) } else { None })
            .collect();
        let feedback = |pass: &Pass| pass.slots.feedback.value || pass.slots.feedback.is_bad();
        let clear = |pass: &Pass| pass.slots.clear.written().copied();
        let textures: Vec<Option<TextureId>> = passes
            .iter()
            .enumerate()
            .map(|(index, pass)| {
                let direct = index == fullscreen.main
                    && !(pass.computes || feedback(pass) || pass.seeded.is_some() || read.contains(&index));
                (!direct).then(|| self.pass_texture(pass, feedback(pass), clear(pass).is_some()))
            })
            .collect();
        let mut shared = Shared::default();
        let mut steps = Vec::new();
        for (index, pass) in passes.iter().enumerate() {
            let own = Own { pass, index, clear: clear(pass), inputs: None, pointer: None };
            let mut found = PassSteps {
                named: named(pass, ""),
                seed: None,
                write: None,
                stages: Vec::new(),
                texture: textures.get(index).copied()?,
                copy: None,
            };
            // A mistake is reported, and leaves the rest out.
            let _ = self.pass_steps(own, &textures, vertex, &mut shared, &mut found);
            steps.push(found);
        }
        Some(PassList { steps, main: fullscreen.main, vertex, copy: (copy.clone(), None) })
    }

    fn add_shader(&mut self, shader: &Shader) -> ShaderId {
        self.scene.shaders.push(shader.clone());
        ShaderId(self.scene.shaders.len() - 1)
    }

    /// The texture that a pass draws to. Source: language reference, section 13.3.
    fn pass_texture(&mut self, pass: &Pass, feedback: bool, clears: bool) -> TextureId {
        let span = pass.name_span;
        let mut usage = texture_usage::TEXTURE_BINDING;
        if pass.computes || pass.seeded.is_some() {
            usage |= texture_usage::STORAGE_BINDING;
        }
        if !pass.computes || clears {
            usage |= texture_usage::RENDER_ATTACHMENT;
        }
        self.scene.textures.push(Some(Texture {
            named: named(pass, ""),
            size: Spanned::new([Extent::Canvas([1.0, 0.0, 0.0]), Extent::Canvas([0.0, 1.0, 0.0]), Extent::Fixed(1)], span),
            format: Spanned::new(TARGET_FORMAT, span),
            usage: Spanned::new(usage, span),
            implied_usage: 0,
            sample_count: Spanned::new(1, span),
            dimension: TextureDimension::D2,
            mip_levels: Spanned::new(1, span),
            view_formats: Vec::new(),
            binding_dimension: None,
            pool: if feedback { 2 } else { 1 },
        }));
        TextureId(self.scene.textures.len() - 1)
    }

    /// Everything else of a pass; `None` if it could not be understood, which is reported.
    fn pass_steps(
        &mut self,
        mut own: Own,
        textures: &[Option<TextureId>],
        vertex: ShaderId,
        shared: &mut Shared,
        steps: &mut PassSteps,
    ) -> Option<()> {
        let code = own.pass.code.as_ref()?;
        steps.write = self.pass_write(&mut own, code);
        if let Some(seed) = &own.pass.seed {
            let shader = self.add_shader(&seed.shader);
            steps.seed = Some(self.pass_compute(&own, (seed, shader), Phase::Seed, textures, shared)?);
        }
        let shader = self.add_shader(&code.shader);
        if own.pass.computes {
            if own.clear.is_some() {
                let view = drawn(textures.get(own.index).copied()??);
                steps.stages.push(self.pass_draw(&own, view, None, None));
            }
            steps.stages.push(self.pass_compute(&own, (code, shader), Phase::Run, textures, shared)?);
        } else {
            let entry = code.entries.first()?;
            let span = code.shader.module.as_ref()?.entry_point(entry)?.span;
            let texture = textures.get(own.index).copied()?;
            let format = if texture.is_some() { TARGET_FORMAT } else { Format::Canvas };
            let stage = Stage { span, shader, entry: entry.clone(), constants: Vec::new() };
            let pipeline = self.fullscreen_pipeline(named(own.pass, ""), vertex, stage, format);
            let group = self.pass_group(&own, (code, entry), PipelineId::Render(pipeline), Phase::Run, textures, shared)?;
            let view = texture.map_or(AttachmentView::Canvas, drawn);
            steps.stages.push(self.pass_draw(&own, view, Some(pipeline), group));
        }
        Some(())
    }

    /// The uniform buffers of a pass, and the step that writes them.
    fn pass_write(&mut self, own: &mut Own, code: &PassShader) -> Option<Step> {
        let uses = |wanted: Bound| {
            [Some(code), own.pass.seed.as_ref()].into_iter().flatten().any(|shader| shader.bound.values().any(|b| *b == wanted))
        };
        let (inputs, pointer) = (uses(Bound::Inputs), uses(Bound::Pointer));
        let span = own.pass.name_span;
        let mut writes = Vec::new();
        let mut uniform = |lowerer: &mut Self, name: &str, input: &str| {
            let source = INPUTS.iter().position(|row| row.name == input)?;
            let size = INPUTS[source].size;
            let named = named(own.pass, name);
            lowerer.scene.buffers.push(Some(Buffer {
                named,
                size: Spanned::new(size, span),
                usage: Spanned::new(buffer_usage::UNIFORM, span),
                implied_usage: 0,
                initial: None,
                pool: 1,
            }));
            let buffer = BufferId(lowerer.scene.buffers.len() - 1);
            lowerer.scene.pass_uniforms.insert(buffer);
            writes.push(WriteBuffer {
                span,
                buffer,
                offset: Setting::unwritten(0, span),
                ping_pong: None,
                source: Spanned::new(Source::Input(source), span),
                source_offset: Setting::unwritten(0, span),
                size: Setting::unwritten(None, span),
                len: size,
            });
            Some(buffer)
        };
        own.inputs = if inputs { uniform(self, " pngine", "pngineInputs") } else { None };
        own.pointer = if pointer { uniform(self, " pointer", "pointerInputs") } else { None };
        if writes.is_empty() {
            return None;
        }
        self.scene.queues.push(Some(Queue {
            named: named(own.pass, " uniforms"),
            blocks: Vec::new(),
            actions: writes.into_iter().map(Action::WriteBuffer).collect(),
        }));
        Some(Step::Queue(QueueId(self.scene.queues.len() - 1)))
    }

    /// A compute pass of all entry points in order, each over the whole canvas. Source: language reference, section 13.3.
    fn pass_compute(
        &mut self,
        own: &Own,
        (shader, id): (&PassShader, ShaderId),
        phase: Phase,
        textures: &[Option<TextureId>],
        shared: &mut Shared,
    ) -> Option<Step> {
        let module = shader.shader.module.as_ref()?;
        let who = named(own.pass, if phase == Phase::Seed { " init" } else { "" });
        let mut commands: Commands = Vec::new();
        for entry in &shader.entries {
            let found = module.entry_point(entry)?;
            let span = found.span;
            let Some([x, y, _]) = module.workgroup_size(found, &BTreeMap::new()) else {
                let message = format!("how many workgroups `{entry}` needs cannot be told");
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
            let group = self.pass_group(own, (shader, entry), pipeline, phase, textures, shared)?;
            commands.extend(group.map(|bound| Spanned::new(PassCommand::SetBindGroup(bound), span)));
            let counts = [groups_over([1.0, 0.0], x), groups_over([0.0, 1.0], y), Extent::Fixed(1)];
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
    fn fullscreen_pipeline(&mut self, named: Named, vertex: ShaderId, fragment: Stage, format: Format) -> RenderPipelineId {
        let span = fragment.span;
        self.scene.render_pipelines.push(Some(RenderPipeline {
            vertex: Stage { span: named.span, shader: vertex, entry: "vs".to_string(), constants: Vec::new() },
            multisample: Spanned::new(
                Multisample { count: Setting::unwritten(1, span), mask: None, alpha_to_coverage: false },
                named.span,
            ),
            named,
            layout: None,
            buffers: Spanned::new(Vec::new(), span),
            fragment: Some(fragment),
            targets: Spanned::new(vec![Target { span, format, blend: None, write_mask: 15 }], span),
            primitive: Primitive::default_at(span),
            depth_stencil: None,
        }));
        RenderPipelineId(self.scene.render_pipelines.len() - 1)
    }

    /// A render pass that clears, and draws the triangle if there is a pipeline.
    fn pass_draw(
        &mut self,
        own: &Own,
        view: AttachmentView,
        pipeline: Option<RenderPipelineId>,
        group: Option<BoundGroup>,
    ) -> Step {
        let span = own.pass.name_span;
        // Source: language reference, section 13, "clear".
        let clear = own.clear.unwrap_or([0.0, 0.0, 0.0, 1.0]);
        let suffix = if pipeline.is_some() { "" } else { " clear" };
        self.add_render_pass(named(own.pass, suffix), view, clear, pipeline, group, span)
    }

    fn add_render_pass(
        &mut self,
        named: Named,
        view: AttachmentView,
        clear: [f64; 4],
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
            colors: vec![ColorAttachment {
                span,
                view,
                depth_slice: None,
                resolve: None,
                clear: Some(Spanned::new(clear, span)),
                store: true,
            }],
            depth: None,
            occlusion: None,
            timestamps: None,
            listed_groups: Spanned::new(1, span),
            commands,
        }));
        Step::Render(RenderPassId(self.scene.render_passes.len() - 1))
    }

    /// The step that copies what a pass drew to the canvas; `None` if it draws there itself.
    pub(super) fn pass_copy(&mut self, list: &mut PassList, pass: usize) -> Option<Step> {
        let steps = list.steps.get_mut(pass)?;
        let texture = steps.texture?;
        if steps.copy.is_some() {
            return steps.copy;
        }
        let named = Named { name: format!("{} to canvas", steps.named.name), span: steps.named.span };
        let span = named.span;
        let (shader, pipeline) = &mut list.copy;
        let pipeline = *pipeline.get_or_insert_with(|| {
            let stage = Stage { span, shader: self.add_shader(shader), entry: "fs".to_string(), constants: Vec::new() };
            let named = Named { name: "copy".to_string(), span };
            self.fullscreen_pipeline(named, list.vertex, stage, Format::Canvas)
        });
        let entries = vec![Entry { span, binding: 0, resource: Resource::Texture { texture, ping_pong: 0 } }];
        let group = self.add_group(named.clone(), PipelineId::Render(pipeline), entries);
        let clear = [0.0, 0.0, 0.0, 1.0];
        steps.copy = Some(self.add_render_pass(named, AttachmentView::Canvas, clear, Some(pipeline), Some(group), span));
        steps.copy
    }

    /// The bind group of an entry point: exactly what it uses; the inner `None` if that is nothing, the outer one if something cannot
    /// be bound, which is reported.
    fn pass_group(
        &mut self,
        own: &Own,
        (shader, entry): (&PassShader, &str),
        pipeline: PipelineId,
        phase: Phase,
        textures: &[Option<TextureId>],
        shared: &mut Shared,
    ) -> Option<Option<BoundGroup>> {
        let module = shader.shader.module.as_ref()?;
        let mut entries = Vec::new();
        for &index in &module.entry_point(entry)?.bindings {
            let binding = module.bindings.get(index)?;
            let texture = |index: usize, ping_pong: u32| {
                let texture = textures.get(index).copied().flatten()?;
                Some(Resource::Texture { texture, ping_pong: ping_pong % self.scene.texture(texture)?.pool.max(1) })
            };
            // A seed comes before everything that the frame draws, so what it reads of others is what they were seeded with.
            let (written, other) = match phase {
                Phase::Run => (0, 1),
                Phase::Seed => (1, 0),
            };
            let resource = match *shader.bound.get(&binding.name)? {
                Bound::Inputs => whole(own.inputs?, binding.span),
                Bound::Pointer => whole(own.pointer?, binding.span),
                Bound::Sampler => Resource::Sampler(self.pass_sampler(own, shared)),
                Bound::Data(data) => whole(self.pass_data(data, shared)?, binding.span),
                Bound::Screen => texture(own.index, written)?,
                Bound::Previous => texture(own.index, other)?,
                Bound::Pass(pass) => texture(pass, written)?,
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
        Some(Some(self.add_group(name, pipeline, entries)))
    }

    fn add_group(&mut self, named: Named, pipeline: PipelineId, entries: Vec<Entry>) -> BoundGroup {
        let span = named.span;
        let pool_of = |entry: &Entry| match entry.resource {
            Resource::Texture { texture, .. } => self.scene.texture(texture).map_or(1, |texture| texture.pool),
            Resource::Buffer { .. } | Resource::View { .. } | Resource::Sampler(_) | Resource::Video(_) => 1,
        };
        let pool = entries.iter().map(pool_of).max().unwrap_or(1);
        self.scene.groups.push(Some(Group { named, layout: Spanned::new(GroupLayout::Auto(pipeline, 0), span), entries, pool }));
        BoundGroup { slot: 0, group: GroupId(self.scene.groups.len() - 1), offset: 0, dynamic: Vec::new() }
    }

    /// The sampler that all passes share.
    fn pass_sampler(&mut self, own: &Own, shared: &mut Shared) -> SamplerId {
        *shared.sampler.get_or_insert_with(|| {
            // That of an empty `#sampler`.
            let named = Named { name: "samp".to_string(), span: own.pass.name_span };
            self.scene.samplers.push(Some(sampler_of(&language::Sampler::empty(), named)));
            SamplerId(self.scene.samplers.len() - 1)
        })
    }

    /// A buffer with the bytes of a `#data`, shared by all passes that read it.
    fn pass_data(&mut self, data: usize, shared: &mut Shared) -> Option<BufferId> {
        if let Some(buffer) = shared.data.get(&data) {
            return Some(*buffer);
        }
        let found = self.scene.data_at(DataId(data))?;
        let size = u32::try_from(found.len()).ok()?.checked_next_multiple_of(4)?;
        let span = found.span;
        let named = Named { name: found.name.clone(), span };
        self.scene.buffers.push(Some(Buffer {
            named,
            size: Spanned::new(size, span),
            usage: Spanned::new(buffer_usage::STORAGE, span),
            implied_usage: 0,
            initial: Some(Spanned::new(DataId(data), span)),
            pool: 1,
        }));
        let buffer = BufferId(self.scene.buffers.len() - 1);
        shared.data.insert(data, buffer);
        Some(buffer)
    }
}

fn named(pass: &Pass, suffix: &str) -> Named {
    Named { name: format!("{}{suffix}", pass.name), span: pass.name_span }
}

/// The member of a texture that this frame draws to.
fn drawn(texture: TextureId) -> AttachmentView {
    AttachmentView::Texture { texture, member: 0 }
}

fn whole(buffer: BufferId, span: Span) -> Resource {
    Resource::Buffer { buffer, offset: Spanned::new(0, span), size: None, ping_pong: 0 }
}

/// As many workgroups of `size` as cover the canvas along one axis: its extent, divided and rounded up.
fn groups_over([width, height]: [f32; 2], size: u32) -> Extent {
    let size = size.max(1) as f32;
    // The host rounds down. Half a texel more than needed keeps clear of what singles miss.
    Extent::Canvas([width / size, height / size, (size - 0.5) / size])
}
