//! An accepted scene becomes bytecode, data and tables.
//!
//! Ids are dense per kind and follow source order; what the compiler adds (automatic layouts, what `#init` needs) comes after.
//! Commands are collected first and encoded last, because where the input block lies depends on the size of the data.

use crate::program::{FrameOrigin, Origins, Program};
use crate::scene::*;
use crate::shader::reflect;
use crate::source::Span;
use pngine_format::bytecode::{self, Block};
use pngine_format::command::HEADER_SIZE;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{CANVAS_TEXTURE, Kind, NONE, Op, Operand, WHOLE, buffer_usage, usage_byte};
use pngine_format::status::{INPUTS, Plugins};
use pngine_format::strings::{self, NameKind};
use std::collections::BTreeMap;

/// Most commands of one command buffer: its header counts them in 16 bits.
pub const MAX_COMMANDS: usize = 0xFFFF;

/// What a scene cannot be emitted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmitError {
    /// More commands in `init` or in a frame than a command buffer counts.
    TooManyCommands(usize),
    /// The data section or the bytecode would not fit in 32 bits.
    TooLarge,
}

impl std::fmt::Display for EmitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EmitError::TooManyCommands(count) => {
                write!(f, "a frame of {count} commands, where a command buffer counts at most {MAX_COMMANDS}")
            }
            EmitError::TooLarge => write!(f, "the scene has 4 GiB or more, or more than 65,533 frames or things that run once"),
        }
    }
}

impl std::error::Error for EmitError {}

/// Emits a scene without holes.
///
/// # Errors
/// See [`EmitError`].
///
/// # Panics
/// If the scene has a hole: its mistake should have stopped the compilation.
pub fn emit(scene: &Scene) -> Result<Program, EmitError> {
    let mut emitter = Emitter { scene, ids: Ids::new(scene), blobs: Blobs::default(), once: BTreeMap::new() };
    let init = emitter.init_commands();
    let frames: Vec<Vec<Item>> = emitter.frames();
    let Emitter { blobs, once, .. } = emitter;
    let once = u16::try_from(once.len()).map_err(|_| EmitError::TooLarge)?;
    let (data, offsets) = blobs.layout().ok_or(EmitError::TooLarge)?;
    let inputs = bytecode::inputs_offset(data.len() as u32).ok_or(EmitError::TooLarge)?;

    let mut plugins = Plugins::CORE;
    let mut steered = false;
    let mut capacity = 0;
    let mut blocks = vec![Block::default()];
    let encoder = Encoder { offsets: &offsets, inputs };
    let mut origins = Origins::default();
    for (index, items) in std::iter::once(&init).chain(&frames).enumerate() {
        let mut block = Block::default();
        let mut commands: Vec<(&Command, Option<u32>)> = Vec::new();
        for item in items {
            match item {
                Item::Command(command) => {
                    encoder.command(command, &mut block);
                    commands.push((command, None));
                }
                Item::Once(slot, body) => {
                    let mut inner = Block::default();
                    body.iter().for_each(|command| encoder.command(command, &mut inner));
                    block.once(*slot, &inner);
                    commands.extend(body.iter().map(|command| (command, Some(*slot))));
                }
            }
        }
        if commands.len() > MAX_COMMANDS {
            return Err(EmitError::TooManyCommands(commands.len()));
        }
        plugins = commands.iter().fold(plugins, |plugins, (command, _)| plugins.union(command.op.row().plugin));
        steered |= commands.iter().any(|(command, once)| once.is_some() || !command.picks.is_empty());
        let size: usize =
            commands.iter().map(|(c, _)| 1 + c.op.row().operands.iter().map(|(_, o)| o.size()).sum::<usize>()).sum();
        capacity = capacity.max(HEADER_SIZE + size + crate::executors::SCRATCH_SIZE as usize);
        match index {
            0 => origins.init = commands.iter().map(|(command, _)| command.span).collect(),
            _ => origins.frames.push(commands.iter().map(|(c, once)| FrameOrigin { span: c.span, once: *once }).collect()),
        }
        blocks.push(block);
    }

    let size = blocks.iter().map(|block| block.bytes.len() + 4).sum::<usize>();
    if blocks.len() > usize::from(u16::MAX) || u32::try_from(size + 16).is_err() {
        return Err(EmitError::TooLarge);
    }
    // An executor has the two steering instructions only with the plugins for passes.
    if steered && plugins.0 & (Plugins::RENDER.0 | Plugins::COMPUTE.0) == 0 {
        plugins = plugins.union(Plugins::COMPUTE);
    }

    let mut names = Vec::new();
    for (index, frame) in scene.frames.iter().enumerate() {
        strings::push(&mut names, NameKind::Frame, index as u32, &frame.named.name);
    }
    Ok(Program {
        plugins,
        bytecode: bytecode::assemble(plugins, once, &blocks),
        strings: names,
        data,
        extensions: Vec::new(),
        once: u32::from(once),
        command_capacity: u32::try_from(capacity).map_err(|_| EmitError::TooLarge)?,
        origins,
        frames: scene.frames.iter().map(|frame| frame.named.name.clone()).collect(),
        scene_text: crate::dump::dump(scene),
    })
}

/// An operand of a command that is not encoded yet.
enum Arg {
    /// A number.
    Number(u32),
    /// A blob: pointer and length.
    Blob(usize),
    /// Bytes of the input block: pointer and length.
    Input { offset: u32, len: u32 },
}

/// Adds a pool member's number to the id at byte `at` of the command.
struct Pick {
    at: u32,
    count: u32,
    offset: u32,
}

struct Command {
    op: Op,
    args: Vec<Arg>,
    picks: Vec<Pick>,
    span: Option<Span>,
}

enum Item {
    Command(Command),
    Once(u32, Vec<Command>),
}

struct Encoder<'a> {
    offsets: &'a [Place],
    inputs: u32,
}

impl Encoder<'_> {
    fn command(&self, command: &Command, block: &mut Block) {
        let mut operands = Vec::new();
        for arg in &command.args {
            match *arg {
                Arg::Number(number) => operands.push(number),
                Arg::Blob(blob) => operands.extend([self.offsets[blob].0, self.offsets[blob].1]),
                Arg::Input { offset, len } => operands.extend([self.inputs + offset, len]),
            }
        }
        block.command(command.op, &operands);
        for pick in &command.picks {
            block.patch(pick.at, pick.count, pick.offset, 1);
        }
    }
}

/// What a blob is. Like bytes lie together, because DEFLATE looks back only so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum BlobKind {
    Descriptor,
    Text,
    Bytes,
}

/// Offset and length of a blob in the data section, in bytes.
type Place = (u32, u32);

/// The data section under construction. Equal blobs are stored once.
#[derive(Default)]
struct Blobs {
    blobs: Vec<(BlobKind, Vec<u8>)>,
    index: BTreeMap<Vec<u8>, usize>,
}

impl Blobs {
    fn add(&mut self, kind: BlobKind, bytes: Vec<u8>) -> usize {
        if let Some(&known) = self.index.get(&bytes) {
            return known;
        }
        self.index.insert(bytes.clone(), self.blobs.len());
        self.blobs.push((kind, bytes));
        self.blobs.len() - 1
    }

    /// The section, and where every blob lies in it. `None` if it has 4 GiB or more.
    fn layout(&self) -> Option<(Vec<u8>, Vec<Place>)> {
        let mut order: Vec<usize> = (0..self.blobs.len()).collect();
        order.sort_by_key(|&blob| (self.blobs[blob].0, blob));
        let mut data = Vec::new();
        let mut offsets = vec![(0, 0); self.blobs.len()];
        for blob in order {
            let bytes = &self.blobs[blob].1;
            offsets[blob] = (u32::try_from(data.len()).ok()?, u32::try_from(bytes.len()).ok()?);
            data.extend_from_slice(bytes);
        }
        u32::try_from(data.len()).ok()?;
        Some((data, offsets))
    }
}

/// The GPU ids of the scene's objects.
struct Ids {
    /// First member of every buffer.
    buffers: Vec<u32>,
    /// First variant of every group.
    groups: Vec<u32>,
    /// Automatic layouts, numbered behind the explicit ones in the order in which groups use them.
    auto_layouts: BTreeMap<(PipelineId, u32), usize>,
    /// Shader modules that something uses.
    shaders: BTreeMap<usize, u32>,
    /// Parameter buffer of every `#init`.
    params: Vec<Option<u32>>,
    /// First bind group of every `#init`.
    init_groups: Vec<u32>,
}

const HOLE: &str = "a scene with holes is never emitted";

/// Gives so many ids, one run after another from 0: the first of them.
fn dense() -> impl FnMut(u32) -> u32 {
    let mut next = 0;
    move |count| {
        let first = next;
        next += count;
        first
    }
}

impl Ids {
    fn new(scene: &Scene) -> Self {
        let mut take = dense();
        let buffers = scene.buffers.iter().map(|buffer| take(buffer.as_ref().expect(HOLE).pool)).collect();
        let params = scene.inits.iter().map(|init| init.as_ref().expect(HOLE).params.as_ref().map(|_| take(1))).collect();
        let mut take = dense();
        let groups = scene.groups.iter().map(|group| take(group.as_ref().expect(HOLE).pool)).collect();
        let init_groups =
            scene.inits.iter().map(|init| take(scene.buffer(init.as_ref().expect(HOLE).buffer).expect(HOLE).pool)).collect();
        let mut auto_layouts = BTreeMap::new();
        for group in scene.groups.iter().flatten() {
            if let GroupLayout::Auto(pipeline, index) = group.layout {
                let next = auto_layouts.len();
                auto_layouts.entry((pipeline, index)).or_insert(next);
            }
        }
        let mut used: Vec<usize> = Vec::new();
        for pipeline in scene.render_pipelines.iter().flatten() {
            used.push(pipeline.vertex.shader.0);
            used.extend(pipeline.fragment.as_ref().map(|stage| stage.shader.0));
        }
        used.extend(scene.compute_pipelines.iter().flatten().map(|pipeline| pipeline.compute.shader.0));
        used.extend(scene.inits.iter().flatten().map(|init| init.stage.shader.0));
        used.sort_unstable();
        used.dedup();
        let shaders = used.into_iter().zip(0..).collect();
        Self { buffers, groups, auto_layouts, shaders, params, init_groups }
    }
}

struct Emitter<'a> {
    scene: &'a Scene,
    ids: Ids,
    blobs: Blobs,
    /// Slots of what runs once.
    once: BTreeMap<Step, u32>,
}

fn reference(kind: Kind, id: u32) -> Value {
    Value::Ref(kind, u16::try_from(id).expect("the number of resources is checked"))
}

fn uint(fields: &mut Vec<(Field, Value)>, field: Field, value: u32, default: u32) {
    if value != default {
        fields.push((field, Value::Uint(value)));
    }
}

impl Emitter<'_> {
    fn descriptor(&mut self, ty: Type, value: &Value) -> Arg {
        Arg::Blob(self.blobs.add(BlobKind::Descriptor, value.to_descriptor(ty)))
    }

    fn create(&mut self, op: Op, id: u32, ty: Type, value: &Value, span: Span) -> Item {
        let desc = self.descriptor(ty, value);
        Item::Command(Command { op, args: vec![Arg::Number(id), desc], picks: Vec::new(), span: Some(span) })
    }

    fn pipeline_ref(&self, pipeline: PipelineId) -> Value {
        let id = match pipeline {
            PipelineId::Render(id) => id.0,
            PipelineId::Compute(id) => self.scene.render_pipelines.len() + id.0,
        };
        reference(Kind::Pipeline, id as u32)
    }

    fn layout_id(&self, layout: GroupLayout) -> u32 {
        match layout {
            GroupLayout::Explicit(id) => id.0 as u32,
            GroupLayout::Auto(pipeline, group) => {
                // Collected from the same groups, so it is there.
                (self.scene.layouts.len() + self.ids.auto_layouts[&(pipeline, group)]) as u32
            }
        }
    }

    /// Everything that `init` does, in the order in which things depend on each other.
    fn init_commands(&mut self) -> Vec<Item> {
        let scene = self.scene;
        let mut out = Vec::new();
        for (&shader, &id) in &self.ids.shaders.clone() {
            let shader = &scene.shaders[shader];
            let code = Arg::Blob(self.blobs.add(BlobKind::Text, shader.text.clone().into_bytes()));
            out.push(plain(Op::CreateShader, vec![Arg::Number(id), code], Some(shader.span)));
        }
        let written = crate::lower::written_buffers(scene);
        for (index, buffer) in scene.buffers.iter().flatten().enumerate() {
            let usage = buffer.usage | if written.contains(&BufferId(index)) { buffer_usage::COPY_DST } else { 0 };
            for member in 0..buffer.pool {
                let id = self.ids.buffers[index] + member;
                out.push(self.create_buffer(id, buffer.size, usage, buffer.named.span));
                if let Some((data, span)) = buffer.initial {
                    let bytes = scene.data[data.0].bytes.clone().expect(HOLE);
                    out.push(self.write_bytes(id, 0, bytes, span));
                }
            }
        }
        for (index, init) in scene.inits.iter().flatten().enumerate() {
            if let (Some((params, span)), Some(id)) = (&init.params, self.ids.params[index]) {
                let bytes: Vec<u8> = params.iter().flat_map(|x| x.to_le_bytes()).collect();
                let size = (bytes.len() as u32).max(self.params_size(init));
                out.push(self.create_buffer(id, size, buffer_usage::UNIFORM | buffer_usage::COPY_DST, *span));
                out.push(self.write_bytes(id, 0, bytes, *span));
            }
        }
        for (id, texture) in scene.textures.iter().flatten().enumerate() {
            let value = texture_descriptor(texture);
            out.push(self.create(Op::CreateTexture, id as u32, Type::Texture, &value, texture.named.span));
        }
        for (id, view) in scene.views.iter().flatten().enumerate() {
            let value = view_descriptor(view);
            out.push(self.create(Op::CreateTextureView, id as u32, Type::TextureView, &value, view.named.span));
        }
        for (id, sampler) in scene.samplers.iter().flatten().enumerate() {
            out.push(self.create(Op::CreateSampler, id as u32, Type::Sampler, &sampler.descriptor, sampler.named.span));
        }
        for (id, layout) in scene.layouts.iter().flatten().enumerate() {
            let value = layout_descriptor(layout);
            out.push(self.create(Op::CreateBindGroupLayout, id as u32, Type::BindGroupLayout, &value, layout.named.span));
        }
        for (id, layout) in scene.pipeline_layouts.iter().flatten().enumerate() {
            let groups = layout.groups.iter().map(|group| reference(Kind::BindGroupLayout, group.0 as u32)).collect();
            let value = object([(Field::BindGroupLayouts, Value::Array(groups))]);
            out.push(self.create(Op::CreatePipelineLayout, id as u32, Type::PipelineLayout, &value, layout.named.span));
        }
        for (id, pipeline) in scene.render_pipelines.iter().flatten().enumerate() {
            let value = self.render_pipeline(pipeline);
            out.push(self.create(Op::CreateRenderPipe, id as u32, Type::RenderPipeline, &value, pipeline.named.span));
        }
        let computes = scene.compute_pipelines.iter().flatten().map(|p| (p.layout, &p.compute, p.named.span));
        let inits = scene.inits.iter().flatten().map(|init| (None, &init.stage, init.named.span));
        for (index, (layout, stage, span)) in computes.chain(inits).enumerate() {
            let mut fields = Vec::new();
            self.layout_field(&mut fields, layout);
            fields.push((Field::Compute, object(self.stage(stage, reflect::Stage::Compute))));
            let id = (scene.render_pipelines.len() + index) as u32;
            out.push(self.create(Op::CreateComputePipe, id, Type::ComputePipeline, &object(fields), span));
        }
        self.bind_groups(&mut out);
        out.push(plain(Op::End, Vec::new(), None));
        out
    }

    fn create_buffer(&mut self, id: u32, size: u32, usage: u32, span: Span) -> Item {
        match usage_byte(usage) {
            Some(byte) => {
                plain(Op::CreateBuffer, vec![Arg::Number(id), Arg::Number(size), Arg::Number(u32::from(byte))], Some(span))
            }
            None => {
                let value = object([(Field::Size, Value::Uint(size)), (Field::Usage, Value::Uint(usage))]);
                self.create(Op::CreateBufferDesc, id, Type::Buffer, &value, span)
            }
        }
    }

    fn write_bytes(&mut self, id: u32, offset: u32, mut bytes: Vec<u8>, span: Span) -> Item {
        // Writes are whole words; the buffer's size is checked to hold them.
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes));
        plain(Op::WriteBuffer, vec![Arg::Number(id), Arg::Number(offset), blob], Some(span))
    }

    fn params_size(&self, init: &Init) -> u32 {
        let module = self.scene.shaders[init.stage.shader.0].module.as_ref();
        let binding = module.and_then(|m| m.bindings.iter().find(|binding| (binding.group, binding.binding) == (0, 1)));
        match binding.map(|binding| &binding.resource) {
            Some(reflect::Resource::Uniform(block)) => block.min_size,
            _ => 0,
        }
    }

    fn layout_field(&self, fields: &mut Vec<(Field, Value)>, layout: PipelineLayoutRef) {
        if let Some(layout) = layout {
            fields.push((Field::Layout, reference(Kind::PipelineLayout, layout.0 as u32)));
        }
    }

    /// A stage's module, entry point and constants. The only entry point of a stage needs no name.
    fn stage(&self, stage: &Stage, kind: reflect::Stage) -> Vec<(Field, Value)> {
        let module = self.scene.shaders[stage.shader.0].module.as_ref();
        let only = module.is_some_and(|module| module.entry_points_of(kind).count() == 1);
        let mut fields = vec![(Field::Module, reference(Kind::Shader, self.ids.shaders[&stage.shader.0]))];
        if !only {
            fields.push((Field::EntryPoint, Value::Str(stage.entry.clone())));
        }
        if !stage.constants.is_empty() {
            let pairs = stage.constants.iter().map(|(key, _, value)| (key.clone(), *value)).collect();
            fields.push((Field::Constants, Value::Record(pairs)));
        }
        fields
    }

    fn render_pipeline(&self, pipeline: &RenderPipeline) -> Value {
        let mut fields = Vec::new();
        self.layout_field(&mut fields, pipeline.layout);
        let mut vertex = self.stage(&pipeline.vertex, reflect::Stage::Vertex);
        if !pipeline.buffers.is_empty() {
            let buffers = pipeline.buffers.iter().map(|buffer| buffer.as_ref().map_or(Value::Null, vertex_buffer)).collect();
            vertex.push((Field::Buffers, Value::Array(buffers)));
        }
        fields.push((Field::Vertex, object(vertex)));
        if let Some(stage) = &pipeline.fragment {
            let mut fragment = self.stage(stage, reflect::Stage::Fragment);
            fragment.push((Field::Targets, Value::Array(pipeline.targets.iter().map(target).collect())));
            fields.push((Field::Fragment, object(fragment)));
        }
        for (field, value) in [(Field::Primitive, &pipeline.primitive), (Field::Multisample, &pipeline.multisample)] {
            if let Some(value) = value {
                fields.push((field, value.clone()));
            }
        }
        if let Some(state) = &pipeline.depth_stencil {
            fields.push((Field::DepthStencil, state.descriptor.clone()));
        }
        object(fields)
    }

    fn bind_groups(&mut self, out: &mut Vec<Item>) {
        let scene = self.scene;
        let mut autos: Vec<(usize, (PipelineId, u32))> = self.ids.auto_layouts.iter().map(|(of, index)| (*index, *of)).collect();
        autos.sort_unstable();
        for (index, (pipeline, group)) in autos {
            let mut fields = vec![(Field::Pipeline, self.pipeline_ref(pipeline))];
            uint(&mut fields, Field::Index, group, 0);
            let span = scene.pipeline_name(pipeline).expect(HOLE).span;
            let id = (scene.layouts.len() + index) as u32;
            out.push(self.create(Op::CreateBindGroupLayout, id, Type::BindGroupLayout, &object(fields), span));
        }
        for (index, group) in scene.groups.iter().flatten().enumerate() {
            let layout = self.layout_id(group.layout);
            for variant in 0..group.pool {
                let entries =
                    group.entries.iter().map(|entry| (entry.binding, self.resource(&entry.resource, variant))).collect();
                out.push(self.bind_group(self.ids.groups[index] + variant, layout, entries, group.named.span));
            }
        }
        let first_layout = scene.layouts.len() + self.ids.auto_layouts.len();
        for (index, init) in scene.inits.iter().flatten().enumerate() {
            let pipeline = (scene.render_pipelines.len() + scene.compute_pipelines.len() + index) as u32;
            let layout = (first_layout + index) as u32;
            let value = object([(Field::Pipeline, reference(Kind::Pipeline, pipeline))]);
            out.push(self.create(Op::CreateBindGroupLayout, layout, Type::BindGroupLayout, &value, init.named.span));
            for member in 0..scene.buffer(init.buffer).expect(HOLE).pool {
                let whole = |id: u32| object([(Field::Buffer, reference(Kind::Buffer, id))]);
                let mut entries = vec![(0, whole(self.ids.buffers[init.buffer.0] + member))];
                entries.extend(self.ids.params[index].map(|id| (1, whole(id))));
                entries.extend(init.extra.iter().map(|(binding, buffer)| (*binding, whole(self.ids.buffers[buffer.0]))));
                out.push(self.bind_group(self.ids.init_groups[index] + member, layout, entries, init.named.span));
            }
        }
    }

    fn bind_group(&mut self, id: u32, layout: u32, entries: Vec<(u32, Value)>, span: Span) -> Item {
        let entries = entries
            .into_iter()
            .map(|(binding, resource)| object([(Field::Binding, Value::Uint(binding)), (Field::Resource, resource)]))
            .collect();
        let desc = self.descriptor(Type::BindGroup, &object([(Field::Entries, Value::Array(entries))]));
        plain(Op::CreateBindGroup, vec![Arg::Number(id), Arg::Number(layout), desc], Some(span))
    }

    fn resource(&self, resource: &Resource, variant: u32) -> Value {
        match resource {
            Resource::Buffer { buffer, offset, size, ping_pong } => {
                let pool = self.scene.buffer(*buffer).expect(HOLE).pool;
                let id = self.ids.buffers[buffer.0] + (ping_pong + variant) % pool;
                let mut fields = vec![(Field::Buffer, reference(Kind::Buffer, id))];
                uint(&mut fields, Field::Offset, *offset, 0);
                if let Some(size) = size {
                    fields.push((Field::Size, Value::Uint(*size)));
                }
                object(fields)
            }
            Resource::Texture(id) => reference(Kind::DefaultView, id.0 as u32),
            Resource::View(id) => reference(Kind::TextureView, id.0 as u32),
            Resource::Sampler(id) => reference(Kind::Sampler, id.0 as u32),
        }
    }

    fn frames(&mut self) -> Vec<Vec<Item>> {
        let scene = self.scene;
        let mut frames: Vec<Vec<Item>> = Vec::new();
        for frame in &scene.frames {
            let mut items = Vec::new();
            for (position, &(step, _)) in frame.init.iter().enumerate() {
                // What is listed twice runs once all the same.
                if frame.init[..position].iter().any(|(earlier, _)| *earlier == step) {
                    continue;
                }
                let next = self.once.len() as u32;
                let slot = *self.once.entry(step).or_insert(next);
                let body = self.step(step);
                items.push(Item::Once(slot, body));
            }
            for &(step, _) in &frame.steps {
                items.extend(self.step(step).into_iter().map(Item::Command));
            }
            items.push(plain(Op::Submit, Vec::new(), None));
            items.push(plain(Op::End, Vec::new(), None));
            frames.push(items);
        }
        if frames.is_empty() {
            frames.push(vec![plain(Op::Submit, Vec::new(), None), plain(Op::End, Vec::new(), None)]);
        }
        frames
    }

    fn step(&mut self, step: Step) -> Vec<Command> {
        let scene = self.scene;
        match step {
            Step::Render(id) => self.render_pass(scene.render_passes[id.0].as_ref().expect(HOLE)),
            Step::Compute(id) => self.compute_pass(scene.compute_passes[id.0].as_ref().expect(HOLE)),
            Step::Init(id) => self.init_pass(id, scene.inits[id.0].as_ref().expect(HOLE)),
            Step::Queue(id) => {
                let queue = scene.queues[id.0].as_ref().expect(HOLE);
                queue.writes.iter().map(|write| self.write_buffer(write)).collect()
            }
        }
    }

    fn write_buffer(&mut self, write: &WriteBuffer) -> Command {
        let range = write.source_offset as usize..(write.source_offset + write.len) as usize;
        let source = match &write.source {
            Source::Input(index) => Arg::Input { offset: INPUTS[*index].offset + write.source_offset, len: write.len },
            Source::Data(data) => {
                let bytes = self.scene.data[data.0].bytes.as_ref().expect(HOLE)[range].to_vec();
                Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes))
            }
            Source::Floats(numbers) => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
                Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes[range].to_vec()))
            }
        };
        let pool = self.scene.buffer(write.buffer).expect(HOLE).pool;
        let picks = match write.ping_pong {
            Some(offset) if pool > 1 => vec![Pick { at: 1, count: pool, offset }],
            _ => Vec::new(),
        };
        let args = vec![Arg::Number(self.ids.buffers[write.buffer.0]), Arg::Number(write.offset), source];
        Command { op: Op::WriteBuffer, args, picks, span: Some(write.span) }
    }

    fn set_groups(&self, groups: &[BoundGroup], out: &mut Vec<Command>) {
        for (slot, bound) in groups.iter().enumerate() {
            let pool = self.scene.group(bound.group).expect(HOLE).pool;
            let picks = if pool > 1 { vec![Pick { at: 2, count: pool, offset: bound.offset }] } else { Vec::new() };
            let args = vec![Arg::Number(slot as u32), Arg::Number(self.ids.groups[bound.group.0])];
            out.push(Command { op: Op::SetBindGroup, args, picks, span: Some(bound.span) });
        }
    }

    fn compute_pass(&mut self, pass: &ComputePass) -> Vec<Command> {
        let mut out = vec![bare(Op::BeginComputePass, &[], Some(pass.named.span))];
        let pipeline = (self.scene.render_pipelines.len() + pass.pipeline.0.0) as u32;
        out.push(bare(Op::SetPipeline, &[pipeline], Some(pass.pipeline.1)));
        self.set_groups(&pass.groups, &mut out);
        out.push(bare(Op::Dispatch, &pass.dispatch, Some(pass.dispatch_span)));
        out.push(bare(Op::EndPass, &[], Some(pass.named.span)));
        out
    }

    fn init_pass(&mut self, id: InitId, init: &Init) -> Vec<Command> {
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

    fn render_pass(&mut self, pass: &RenderPass) -> Vec<Command> {
        let span = Some(pass.named.span);
        let begin = match short_begin(pass) {
            Some(operands) => bare(Op::BeginRenderPass, &operands, span),
            None => {
                let value = pass_descriptor(pass);
                let desc = self.descriptor(Type::RenderPass, &value);
                Command { op: Op::BeginRenderPassDesc, args: vec![desc], picks: Vec::new(), span }
            }
        };
        let mut out = vec![begin];
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
            if pool > 1 {
                command.picks.push(Pick { at: 2, count: pool, offset: bound.member });
            }
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

fn plain(op: Op, args: Vec<Arg>, span: Option<Span>) -> Item {
    Item::Command(Command { op, args, picks: Vec::new(), span })
}

fn bare(op: Op, operands: &[u32], span: Option<Span>) -> Command {
    debug_assert!(op.row().operands.iter().all(|(_, operand)| !matches!(operand, Operand::Ptr)));
    Command { op, args: operands.iter().map(|n| Arg::Number(*n)).collect(), picks: Vec::new(), span }
}

/// The operands of BEGIN_RENDER_PASS, if that command can say what the pass wants.
fn short_begin(pass: &RenderPass) -> Option<[u32; 4]> {
    let texture = |view: AttachmentView| match view {
        AttachmentView::Canvas => Some(u32::from(CANVAS_TEXTURE)),
        AttachmentView::Texture(id) => Some(id.0 as u32),
        AttachmentView::View(_) => None,
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
    Some([texture(color.view)?, u32::from(color.clear.is_some()), u32::from(!color.store), depth])
}

fn view_ref(view: AttachmentView) -> Value {
    match view {
        AttachmentView::Canvas => reference(Kind::DefaultView, u32::from(CANVAS_TEXTURE)),
        AttachmentView::Texture(id) => reference(Kind::DefaultView, id.0 as u32),
        AttachmentView::View(id) => reference(Kind::TextureView, id.0 as u32),
    }
}

fn load_store(fields: &mut Vec<(Field, Value)>, load: Field, store: Field, clears: bool, stores: bool) {
    fields.push((load, Value::word(if clears { "clear" } else { "load" })));
    fields.push((store, Value::word(if stores { "store" } else { "discard" })));
}

fn pass_descriptor(pass: &RenderPass) -> Value {
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

fn vertex_buffer(buffer: &VertexBuffer) -> Value {
    let attributes = buffer.attributes.iter().map(|attribute| {
        object([
            (Field::ShaderLocation, Value::Uint(attribute.location)),
            (Field::Offset, Value::Uint(attribute.offset)),
            (Field::Format, Value::Word(attribute.format)),
        ])
    });
    let mut fields = vec![(Field::ArrayStride, Value::Uint(buffer.stride))];
    if buffer.per_instance {
        fields.push((Field::StepMode, Value::word("instance")));
    }
    fields.push((Field::Attributes, Value::Array(attributes.collect())));
    object(fields)
}

fn target(target: &Target) -> Value {
    let mut fields = vec![(Field::Format, Value::Word(target.format))];
    if let Some(blend) = &target.blend {
        fields.push((Field::Blend, blend.clone()));
    }
    uint(&mut fields, Field::WriteMask, target.write_mask, 15);
    object(fields)
}

fn extent(extent: Extent) -> Value {
    match extent {
        Extent::Fixed(texels) => Value::Uint(texels),
        Extent::Canvas(coefficients) => Value::Canvas(coefficients),
    }
}

fn texture_descriptor(texture: &Texture) -> Value {
    let [width, height, depth] = texture.size;
    let mut fields = vec![(Field::Width, extent(width)), (Field::Height, extent(height))];
    if depth != Extent::Fixed(1) {
        fields.push((Field::Depth, extent(depth)));
    }
    fields.push((Field::Format, Value::Word(texture.format)));
    fields.push((Field::Usage, Value::Uint(texture.usage)));
    if texture.dimension.text() != "2d" {
        fields.push((Field::Dimension, Value::Word(texture.dimension)));
    }
    uint(&mut fields, Field::MipLevelCount, texture.mip_levels, 1);
    uint(&mut fields, Field::SampleCount, texture.sample_count, 1);
    if !texture.view_formats.is_empty() {
        fields.push((Field::ViewFormats, Value::Array(texture.view_formats.iter().map(|word| Value::Word(*word)).collect())));
    }
    object(fields)
}

fn view_descriptor(view: &View) -> Value {
    let mut fields = vec![(Field::Texture, reference(Kind::Texture, view.texture.0 as u32))];
    for (field, word) in [(Field::Format, view.format), (Field::Dimension, view.dimension), (Field::Aspect, view.aspect)] {
        if let Some(word) = word {
            fields.push((field, Value::Word(word)));
        }
    }
    uint(&mut fields, Field::BaseMipLevel, view.base_mip, 0);
    uint(&mut fields, Field::BaseArrayLayer, view.base_layer, 0);
    for (field, number) in
        [(Field::Usage, view.usage), (Field::MipLevelCount, view.mip_count), (Field::ArrayLayerCount, view.layer_count)]
    {
        if let Some(number) = number {
            fields.push((field, Value::Uint(number)));
        }
    }
    object(fields)
}

fn layout_descriptor(layout: &Layout) -> Value {
    let entries = layout.entries.iter().map(|entry| {
        let word = |fields: &mut Vec<(Field, Value)>, field, word: pngine_format::word::Word, default: &str| {
            if word.text() != default {
                fields.push((field, Value::Word(word)));
            }
        };
        let mut inner = Vec::new();
        let kind = match &entry.kind {
            LayoutKind::Buffer { ty, dynamic, min_size } => {
                word(&mut inner, Field::Type, *ty, "uniform");
                if *dynamic {
                    inner.push((Field::HasDynamicOffset, Value::Bool(true)));
                }
                uint(&mut inner, Field::MinBindingSize, *min_size, 0);
                Field::Buffer
            }
            LayoutKind::Sampler { ty } => {
                word(&mut inner, Field::Type, *ty, "filtering");
                Field::Sampler
            }
            LayoutKind::Texture { sample, dimension, multisampled } => {
                word(&mut inner, Field::SampleType, *sample, "float");
                word(&mut inner, Field::ViewDimension, *dimension, "2d");
                if *multisampled {
                    inner.push((Field::Multisampled, Value::Bool(true)));
                }
                Field::Texture
            }
            LayoutKind::StorageTexture { format, access, dimension } => {
                inner.push((Field::Format, Value::Word(*format)));
                word(&mut inner, Field::Access, *access, "write-only");
                word(&mut inner, Field::ViewDimension, *dimension, "2d");
                Field::StorageTexture
            }
        };
        object([
            (Field::Binding, Value::Uint(entry.binding)),
            (Field::Visibility, Value::Uint(entry.visibility)),
            (kind, object(inner)),
        ])
    });
    object([(Field::Entries, Value::Array(entries.collect()))])
}
