//! Whether a picture shows anything of the frames before it.
//!
//! In go a payload and its executor; out comes why the frame at a time cannot be drawn alone, or that it can. Nothing is drawn: the
//! executor writes the commands of a few frames, and these say what each frame reads before it has filled it. The answer errs on one
//! side: a program that seems to keep something is run from its start, which costs time and gives the same picture.

use crate::check::{Canvas, CheckedCommand, Checker, Phase};
use crate::extensions::Extensions;
use crate::runner::{CommandView, Runner, RunnerError};
use pngine_format::bytecode::inputs_offset;
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{CANVAS_TEXTURE, Kind, MAX_OPERANDS, NONE, Op, WHOLE};
use pngine_format::payload::Payload;
use pngine_format::status::{INPUTS, INPUTS_SIZE, Plugins};
use pngine_format::word::LoadOp;
use std::collections::{BTreeMap, BTreeSet};

/// Most different frames of a timeline that are looked at. Picked by feel: each is run three times.
const MOST_FRAMES: usize = 32;

/// Most parts of textures that are looked at in one frame: mip levels and layers of everything that is bound. Picked by feel.
const MOST_PARTS: usize = 1 << 20;

/// Bytes of `delta` and `frame` at the start of `frameInputs`; the other members do not change by themselves.
const COUNTED_INPUTS: u32 = 8;

/// The canvas of frames that are looked at.
const CANVAS: Canvas = Canvas { width: 64, height: 64 };

/// Why a frame depends on those before it. Where there are several reasons, one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Its commands depend on how many frames there were: a pool turns.
    Pools,
    /// It reads the frame counter, or the time since the last frame.
    FrameInputs,
    /// It calls a nested module, which has a memory of its own.
    NestedModule,
    /// A shader can write to a buffer or texture.
    ShaderWrites,
    /// It reads a buffer or texture before it fills it, and frames write to it.
    Feedback,
    /// It is too large, or fails, so that nothing can be said.
    Unknown,
}

impl History {
    /// A few words for reports.
    pub const fn text(self) -> &'static str {
        match self {
            History::Pools => "pools turn with every frame",
            History::FrameInputs => "it reads the frame counter or the time since the last frame",
            History::NestedModule => "it calls a nested module",
            History::ShaderWrites => "its shaders write to buffers or textures",
            History::Feedback => "a frame reads what an earlier one wrote",
            History::Unknown => "it is too large, or fails",
        }
    }
}

/// Why what `payload` draws depends on the frames before; `None` where every frame can be drawn alone.
///
/// `executor` is the one to run it with, if not its own; `chosen` the frame that is always shown, if it is not left to the timeline.
///
/// # Errors
/// What [`Runner`] says about the executor and its `init`. A frame that fails is not judged: it may never be shown.
pub fn history(
    payload: &Payload<'_>,
    executor: Option<&[u8]>,
    extensions: &Extensions,
    chosen: Option<u32>,
) -> Result<Option<History>, RunnerError> {
    if follows_counted_input(extensions) {
        return Ok(Some(History::FrameInputs));
    }
    let mut frames: BTreeSet<u32> = BTreeSet::from([chosen.unwrap_or(0)]);
    if chosen.is_none() {
        frames.extend(extensions.animation.iter().flat_map(|animation| &animation.scenes).map(|scene| scene.frame));
    }
    if frames.len() > MOST_FRAMES {
        return Ok(Some(History::Unknown));
    }

    let mut runner = Runner::new(payload, executor)?;
    let mut checker = Checker::with_textures(Plugins(payload.plugins), extensions.device.textures());
    runner.init()?;
    let mut program = Program::default();
    for command in checker.check(Phase::Init, &runner.command_buffer()?, CANVAS).commands() {
        program.note(command);
    }
    let mut shown = Vec::new();
    for frame in frames {
        // Once more, so that each frame is the first of its run.
        runner.init()?;
        runner.set_frame(Some(frame))?;
        let mut effects = Vec::new();
        let mut buffers = Vec::new();
        for i in 0..3 {
            if runner.frame(0.0, CANVAS.width, CANVAS.height).is_err() {
                return Ok(Some(History::Unknown));
            }
            let view = runner.command_buffer()?;
            buffers.push(view.buffer.to_vec());
            if i < 2 {
                let inputs = InputBlock::of(&view);
                let checked = checker.check(Phase::Frame(i), &view, CANVAS);
                match Effects::of(&program, checked.commands(), inputs) {
                    Ok(found) => effects.push(found),
                    Err(history) => return Ok(Some(history)),
                }
            }
        }
        // The first frame may do more than the others; these differ in the counter alone.
        if buffers[1] != buffers[2] {
            return Ok(Some(History::Pools));
        }
        let [first, later] = effects.try_into().unwrap_or_default();
        shown.push(FrameEffects { first, later });
    }
    Ok(feeds_back(&shown).then_some(History::Feedback))
}

/// Whether a uniform is kept at the frame counter or the time since the last frame.
fn follows_counted_input(extensions: &Extensions) -> bool {
    let uniforms = extensions.uniforms.iter().flat_map(|block| &block.uniforms);
    uniforms.filter_map(|uniform| uniform.input).any(|input| InputBlock { start: 0 }.counted(input, 1))
}

/// Where the input block lies in an executor's memory.
#[derive(Clone, Copy, Debug)]
struct InputBlock {
    start: u32,
}

impl InputBlock {
    const fn of(view: &CommandView<'_>) -> Self {
        let offset = match inputs_offset(view.data_len) {
            Some(offset) => offset,
            None => u32::MAX,
        };
        Self { start: view.region.saturating_add(offset) }
    }

    /// Whether bytes of it are among these.
    const fn meets(self, ptr: u32, len: u32) -> bool {
        ptr < self.start.saturating_add(INPUTS_SIZE) && ptr.saturating_add(len) > self.start
    }

    /// Whether the inputs are among these bytes that change with every frame whatever the time is: `delta` and `frame`.
    fn counted(self, ptr: u32, len: u32) -> bool {
        let offset = INPUTS.iter().find(|source| source.name == "frameInputs").map_or(0, |source| source.offset);
        let start = self.start.saturating_add(offset);
        ptr < start.saturating_add(COUNTED_INPUTS) && ptr.saturating_add(len) > start
    }
}

/// A buffer, a query set, or one layer of one mip level of a texture; slices of a 3D texture count as layers.
type Part = (Kind, u16, u32, u32);

/// What a queue writes. Equal ones write the same to the same place, as long as the inputs are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Write {
    op: Op,
    operands: [u32; MAX_OPERANDS],
    /// Whether the bytes are those of an input.
    is_input: bool,
}

/// The commands of one frame when it comes first, and later.
#[derive(Debug, Default)]
struct FrameEffects {
    first: Effects,
    later: Effects,
}

impl FrameEffects {
    fn uses(&self, key: (Kind, u16)) -> bool {
        self.first.used.contains(&key) || self.later.used.contains(&key)
    }

    /// The writes of the queue to this resource, the first time and later.
    fn queued(&self, key: (Kind, u16)) -> (&[Write], &[Write]) {
        (self.first.queued_to(key), self.later.queued_to(key))
    }
}

/// Whether a frame reads what an earlier one wrote.
fn feeds_back(shown: &[FrameEffects]) -> bool {
    let all = || shown.iter().flat_map(|shown| [&shown.first, &shown.later]);
    let written: BTreeSet<Part> = all().flat_map(|effects| &effects.written).copied().collect();
    if all().any(|effects| effects.read.iter().any(|part| written.contains(part))) {
        return true;
    }
    // What queues write takes effect before a frame's commands, so it is the same in every frame if every frame that uses the resource
    // writes the same to it, or if constants are written the first time only.
    let queued: BTreeSet<(Kind, u16)> = all().flat_map(|effects| effects.queued.keys()).copied().collect();
    queued.into_iter().any(|key| {
        let mut users = shown.iter().filter(|shown| shown.uses(key)).map(|shown| shown.queued(key));
        let Some((first, later)) = users.next() else { return false };
        let is_steady = first == later || (later.is_empty() && first.iter().all(|write| !write.is_input));
        let (kind, id) = key;
        let is_drawn_to = written.range((kind, id, 0, 0)..=(kind, id, u32::MAX, u32::MAX)).next().is_some();
        !is_steady || is_drawn_to || users.any(|other| other != (first, later))
    })
}

/// What `init` creates, as far as it says what is read and written.
#[derive(Debug, Default)]
struct Program {
    /// Mip levels and layers of textures.
    textures: BTreeMap<u16, [u32; 2]>,
    /// Texture, mip levels and layers of views, as first and behind the last.
    views: BTreeMap<u16, (u16, [u32; 2], [u32; 2])>,
    /// Shaders and pipelines that can write to buffers or textures.
    writers: BTreeSet<(Kind, u16)>,
    /// What bind groups and bundles refer to.
    holders: BTreeMap<(Kind, u16), Vec<(Kind, u16)>>,
}

impl Program {
    fn note(&mut self, command: &CheckedCommand<'_>) {
        let Some((kind, id)) = command.creates else { return };
        let uint = |field| match command.descriptor.get(field) {
            Some(Value::Uint(n)) => Some(*n),
            _ => None,
        };
        match kind {
            Kind::Texture => {
                let counts = [uint(Field::MipLevelCount).unwrap_or(1), uint(Field::Depth).unwrap_or(1)];
                self.textures.insert(id, counts);
            }
            Kind::TextureView => {
                let texture = command.refs.iter().find(|(kind, _)| *kind == Kind::Texture).map_or(NONE, |(_, id)| *id);
                let [mips, layers] = self.textures.get(&texture).copied().unwrap_or([1, 1]);
                // Without a number, all that are left: for some dimensions that is more than WebGPU takes.
                let range = |base, count, all: u32| {
                    let start = uint(base).unwrap_or(0);
                    [start, uint(count).map_or(all, |count| start.saturating_add(count)).min(all)]
                };
                let mips = range(Field::BaseMipLevel, Field::MipLevelCount, mips);
                let layers = range(Field::BaseArrayLayer, Field::ArrayLayerCount, layers);
                self.views.insert(id, (texture, mips, layers));
            }
            Kind::Shader if can_write(command.text()) => {
                self.writers.insert((kind, id));
            }
            Kind::Pipeline if command.refs.iter().any(|key| self.writers.contains(key)) => {
                self.writers.insert((kind, id));
            }
            Kind::BindGroup | Kind::RenderBundle => {
                self.holders.insert((kind, id), command.refs.clone());
            }
            _ => {}
        }
    }

    /// The parts that a view or a texture has: mip levels and layers.
    fn extent(&self, kind: Kind, id: u16) -> Option<(u16, [u32; 2], [u32; 2])> {
        match kind {
            Kind::TextureView => self.views.get(&id).copied(),
            _ => self.textures.get(&id).map(|[mips, layers]| (id, [0, *mips], [0, *layers])),
        }
    }
}

/// Whether a shader can write to what is bound. WGSL has no way to write but through `read_write`, or a storage texture of the access
/// `write`, and their names cannot be given another meaning, so their words are there. Source: WGSL, "Access modes", "Predeclared
/// enumerants".
fn can_write(wgsl: &str) -> bool {
    let mut words = wgsl.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.clone().any(|word| word == "read_write") || (wgsl.contains("texture_storage_") && words.any(|word| word == "write"))
}

/// What the commands of a frame do.
#[derive(Debug, Default)]
struct Effects {
    /// Read before they were filled.
    read: BTreeSet<Part>,
    /// Written by passes and copies.
    written: BTreeSet<Part>,
    /// Filled by passes: nothing of what was there before is left.
    filled: BTreeSet<Part>,
    /// Written by the queue.
    queued: BTreeMap<(Kind, u16), Vec<Write>>,
    /// All buffers and textures that occur.
    used: BTreeSet<(Kind, u16)>,
    /// Parts that were looked at.
    looked_at: usize,
}

impl Effects {
    /// Of the commands of a frame.
    fn of(program: &Program, commands: &[CheckedCommand<'_>], inputs: InputBlock) -> Result<Self, History> {
        let mut effects = Self::default();
        let mut submitted = false;
        for command in commands {
            let [a, b, c, d, ..] = command.operands;
            let refs = || command.refs.iter().copied();
            match command.op {
                Op::WriteBuffer | Op::WriteTexture | Op::CopyExternalImage | Op::BindVideoFrame => {
                    // Images and videos do not lie in the memory.
                    let (ptr, len) = if matches!(command.op, Op::WriteBuffer | Op::WriteTexture) { (c, d) } else { (0, 0) };
                    if inputs.counted(ptr, len) {
                        return Err(History::FrameInputs);
                    }
                    // Behind a submit, it takes effect in the next frame.
                    if submitted {
                        return Err(History::Feedback);
                    }
                    for key in refs().filter(|(kind, _)| matches!(kind, Kind::Buffer | Kind::Texture)) {
                        effects.used.insert(key);
                        let write = Write { op: command.op, operands: command.operands, is_input: inputs.meets(ptr, len) };
                        effects.queued.entry(key).or_default().push(write);
                    }
                }
                Op::CallWasmFunc | Op::WriteFromWasm => return Err(History::NestedModule),
                Op::CopyBuffer => {
                    effects.read(program, (Kind::Buffer, a as u16))?;
                    effects.write(program, (Kind::Buffer, c as u16))?;
                }
                Op::CopyTexture => {
                    effects.read(program, (Kind::Texture, a as u16))?;
                    effects.write(program, (Kind::Texture, b as u16))?;
                }
                Op::CopyBufferToTexture | Op::CopyTextureToBuffer | Op::CopyTextureRegion => {
                    for key in side(&command.descriptor, Field::Source) {
                        effects.read(program, key)?;
                    }
                    for key in side(&command.descriptor, Field::Destination) {
                        effects.write(program, key)?;
                    }
                }
                Op::ClearBuffer => {
                    effects.write(program, (Kind::Buffer, a as u16))?;
                    if b == 0 && c == WHOLE {
                        effects.fill((Kind::Buffer, a as u16, 0, 0));
                    }
                }
                Op::ResolveQuerySet => {
                    effects.read(program, (Kind::QuerySet, a as u16))?;
                    effects.write(program, (Kind::Buffer, d as u16))?;
                }
                Op::BeginRenderPass => {
                    let color = Value::Ref(Kind::DefaultView, a as u16);
                    effects.attach(program, &color, 0, b != 0)?;
                    if d != u32::from(NONE) {
                        effects.attach(program, &Value::Ref(Kind::DefaultView, d as u16), 0, true)?;
                    }
                }
                Op::BeginRenderPassDesc => effects.begin_pass(program, command)?,
                Op::BeginComputePassDesc => effects.query(refs()),
                Op::SetPipeline
                | Op::SetBindGroup
                | Op::SetBindGroupOffsets
                | Op::SetVertexBuffer
                | Op::SetVertexBufferRange
                | Op::SetIndexBuffer
                | Op::SetIndexBufferRange
                | Op::ExecuteBundles
                | Op::DrawIndirect
                | Op::DrawIndexedIndirect
                | Op::DispatchIndirect => {
                    for key in refs() {
                        effects.read(program, key)?;
                    }
                }
                Op::Submit => submitted = true,
                Op::BeginComputePass
                | Op::Draw
                | Op::DrawIndexed
                | Op::Dispatch
                | Op::DispatchDesc
                | Op::EndPass
                | Op::SetScene
                | Op::SetViewport
                | Op::SetViewportDesc
                | Op::SetScissorRect
                | Op::SetScissorRectDesc
                | Op::SetBlendConstant
                | Op::SetStencilReference
                | Op::BeginOcclusionQuery
                | Op::EndOcclusionQuery
                | Op::PushDebugGroup
                | Op::PopDebugGroup
                | Op::InsertDebugMarker
                | Op::End => {}
                // The checker lets these pass during `init` only.
                Op::CreateBuffer
                | Op::CreateBufferDesc
                | Op::CreateTexture
                | Op::CreateSampler
                | Op::CreateShader
                | Op::CreateRenderPipe
                | Op::CreateComputePipe
                | Op::CreateBindGroup
                | Op::CreateTextureView
                | Op::CreateQuerySet
                | Op::CreateBindGroupLayout
                | Op::CreatePipelineLayout
                | Op::CreateRenderBundle
                | Op::InitWasmModule
                | Op::LoadImage
                | Op::LoadVideo => return Err(History::Unknown),
            }
        }
        Ok(effects)
    }

    fn queued_to(&self, key: (Kind, u16)) -> &[Write] {
        self.queued.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The attachments of a pass: what is loaded is read, what is cleared or resolved to is filled.
    fn begin_pass(&mut self, program: &Program, command: &CheckedCommand<'_>) -> Result<(), History> {
        let pass = &command.descriptor;
        let is_clear = |attachment: &Value, field| match attachment.get(field) {
            Some(Value::Word(word)) => LoadOp::of(*word) == Some(LoadOp::Clear),
            _ => false,
        };
        let colors = pass.get(Field::ColorAttachments).map_or(&[][..], Value::elements);
        for attachment in colors.iter().filter(|attachment| **attachment != Value::Null) {
            let slice = match attachment.get(Field::DepthSlice) {
                Some(Value::Uint(slice)) => *slice,
                _ => 0,
            };
            if let Some(view) = attachment.get(Field::View) {
                self.attach(program, view, slice, is_clear(attachment, Field::LoadOp))?;
            }
            if let Some(view) = attachment.get(Field::ResolveTarget) {
                self.attach(program, view, 0, true)?;
            }
        }
        if let Some(attachment) = pass.get(Field::DepthStencilAttachment)
            && let Some(view) = attachment.get(Field::View)
        {
            // A format has one aspect or two; one that is not named is not there, or only read.
            let aspects = [Field::DepthLoadOp, Field::StencilLoadOp]
                .map(|field| attachment.get(field).map(|_| is_clear(attachment, field)));
            let read_only = [Field::DepthReadOnly, Field::StencilReadOnly]
                .iter()
                .any(|field| attachment.get(*field) == Some(&Value::Bool(true)));
            let clears = !read_only && aspects.contains(&Some(true)) && !aspects.contains(&Some(false));
            self.attach(program, view, 0, clears)?;
        }
        self.query(command.refs.iter().copied());
        Ok(())
    }

    /// An attachment: one mip level of one layer.
    fn attach(&mut self, program: &Program, view: &Value, slice: u32, is_filled: bool) -> Result<(), History> {
        let Value::Ref(kind, id) = view else { return Ok(()) };
        let Some((texture, [mip, _], [layer, _])) = program.extent(*kind, *id) else { return Ok(()) };
        let part = (Kind::Texture, texture, mip, layer.saturating_add(slice));
        self.used.insert((Kind::Texture, texture));
        self.written.insert(part);
        if is_filled {
            self.fill(part);
        } else if !self.filled.contains(&part) {
            self.read.insert(part);
        }
        Ok(())
    }

    /// Query sets that a pass writes to.
    fn query(&mut self, refs: impl Iterator<Item = (Kind, u16)>) {
        for (kind, id) in refs.filter(|(kind, _)| *kind == Kind::QuerySet) {
            self.written.insert((kind, id, 0, 0));
            self.fill((kind, id, 0, 0));
        }
    }

    fn fill(&mut self, part: Part) {
        self.filled.insert(part);
    }

    /// Reads a resource, or all that a bind group or a bundle holds.
    fn read(&mut self, program: &Program, key: (Kind, u16)) -> Result<(), History> {
        if program.writers.contains(&key) {
            return Err(History::ShaderWrites);
        }
        if let Some(held) = program.holders.get(&key) {
            return held.iter().try_for_each(|key| self.read(program, *key));
        }
        let mut read = Vec::new();
        self.each_part(program, key, |part| read.push(part))?;
        read.retain(|part| !self.filled.contains(part));
        self.read.extend(read);
        Ok(())
    }

    /// Writes to some of a resource.
    fn write(&mut self, program: &Program, key: (Kind, u16)) -> Result<(), History> {
        let mut written = Vec::new();
        self.each_part(program, key, |part| written.push(part))?;
        self.written.extend(written);
        Ok(())
    }

    /// All parts of a buffer, a query set, a texture or a view. The canvas has none: every frame gets it empty.
    fn each_part(&mut self, program: &Program, (kind, id): (Kind, u16), mut visit: impl FnMut(Part)) -> Result<(), History> {
        match kind {
            Kind::Buffer | Kind::QuerySet => {
                self.used.insert((kind, id));
                self.looked_at += 1;
                visit((kind, id, 0, 0));
            }
            Kind::Texture | Kind::TextureView | Kind::DefaultView if id != CANVAS_TEXTURE => {
                let Some((texture, mips, layers)) = program.extent(kind, id) else { return Ok(()) };
                self.used.insert((Kind::Texture, texture));
                for mip in mips[0]..mips[1] {
                    for layer in layers[0]..layers[1] {
                        self.looked_at += 1;
                        if self.looked_at > MOST_PARTS {
                            return Err(History::Unknown);
                        }
                        visit((Kind::Texture, texture, mip, layer));
                    }
                }
            }
            _ => {}
        }
        if self.looked_at > MOST_PARTS { Err(History::Unknown) } else { Ok(()) }
    }
}

/// The buffers and textures of one side of a copy.
fn side(copy: &Value, field: Field) -> Vec<(Kind, u16)> {
    let Some(Value::Object(fields)) = copy.get(field) else { return Vec::new() };
    let key = |(_, value): &(Field, Value)| match value {
        Value::Ref(kind, id) => Some((*kind, *id)),
        _ => None,
    };
    fields.iter().filter_map(key).collect()
}
