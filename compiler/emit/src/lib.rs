//! An accepted scene becomes bytecode, data and tables.
//!
//! Ids are dense per kind and follow source order; what the compiler adds (automatic layouts, what `#init` needs) comes after.
//! Commands are collected first and encoded last, because where the input block lies depends on the size of the data.

mod bindings;
mod blobs;
mod budgets;
mod copies;
mod frames;
mod ids;
mod media;
mod passes;
mod pipelines;
pub mod program;
mod resources;
mod tables;
mod wasm;

use crate::program::{FrameOrigin, Origins, Program};
use pngine_format::bytecode::{self, Block};
use pngine_format::command::{HEADER_SIZE, MAX_COMMANDS, SCRATCH_SIZE};
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::dictionary;
use pngine_format::op::{CANVAS_TEXTURE, Kind, NONE, Op, Operand, WHOLE, buffer_usage, usage_byte};
use pngine_format::status::{INPUTS, Plugins};
use pngine_format::strings::{self, NameKind};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::device::Device;
use pngine_wgsl::reflect;
use std::collections::{BTreeMap, BTreeSet};

use blobs::{BlobKind, Blobs, Place};
use budgets::Descriptors;
use ids::Ids;

/// What a scene cannot be emitted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmitError {
    /// More commands in `init` or in a frame than a command buffer counts.
    TooManyCommands(usize),
    /// Descriptors of more bytes or values than hosts take.
    BeyondBudget {
        /// What the command that is too much comes from.
        span: Option<Span>,
        /// What is too much.
        message: String,
        /// What to do.
        help: &'static str,
    },
    /// The data section or the bytecode would not fit in 32 bits.
    TooLarge,
    /// Bytes are to be written that their source does not have, which no scene without errors says.
    NoSuchBytes {
        /// Where they are named.
        span: Span,
    },
}

impl std::fmt::Display for EmitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EmitError::TooManyCommands(count) => {
                write!(f, "a frame of {count} commands, where a command buffer counts at most {MAX_COMMANDS}")
            }
            EmitError::BeyondBudget { message, .. } => f.write_str(message),
            EmitError::NoSuchBytes { .. } => f.write_str("bytes are written that their source does not have"),
            EmitError::TooLarge => write!(f, "the scene has 4 GiB or more, or more than 65,533 frames or things that run once"),
        }
    }
}

impl std::error::Error for EmitError {}

impl EmitError {
    /// What to say of it.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            EmitError::TooManyCommands(_) | EmitError::TooLarge => Diagnostic::global(Code::TooMany, self.to_string()),
            EmitError::NoSuchBytes { span } => Diagnostic::new(Code::WriteOutOfRange, *span, self.to_string()),
            EmitError::BeyondBudget { span, message, help } => match span {
                Some(span) => Diagnostic::new(Code::BeyondBudget, *span, message).label("the first that is too much").help(*help),
                None => Diagnostic::global(Code::BeyondBudget, message).help(*help),
            },
        }
    }
}

/// Emits a scene.
///
/// # Errors
/// See [`EmitError`].
pub fn emit(scene: &Accepted) -> Result<Program, EmitError> {
    let mut emitter = Emitter { scene, ids: Ids::new(scene), blobs: Blobs::default(), once: BTreeMap::new() };
    let init = emitter.init_commands();
    let frames = emitter.frames()?;
    let extensions = tables::extensions(scene, &emitter.ids);
    let Emitter { blobs, once, .. } = emitter;
    let once = u16::try_from(once.len()).map_err(|_| EmitError::TooLarge)?;
    let (data, offsets) = blobs.layout().ok_or(EmitError::TooLarge)?;
    let inputs = bytecode::inputs_offset(data.len() as u32).ok_or(EmitError::TooLarge)?;

    let mut plugins = if scene.animation.is_some() { Plugins::CORE.union(Plugins::ANIMATION) } else { Plugins::CORE };
    // The executor itself writes SET_SCENE in front of the commands of a frame that the timeline chooses.
    let (own_commands, own_bytes) = if scene.animation.is_some() { (1, 4) } else { (0, 0) };
    let mut steered = false;
    let mut capacity = 0;
    let mut blocks = vec![tables::timeline(scene)];
    let encoder = Encoder { offsets: &offsets, inputs };
    let mut descriptors = Descriptors { blobs: &blobs, data: &data, offsets: &offsets, seen: BTreeSet::new() };
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
        if commands.len() + own_commands > MAX_COMMANDS {
            return Err(EmitError::TooManyCommands(commands.len()));
        }
        descriptors.check(commands.iter().map(|(command, _)| *command))?;
        plugins = commands.iter().fold(plugins, |plugins, (command, _)| plugins.union(command.op.row().plugin));
        steered |= commands.iter().any(|(command, once)| once.is_some() || !command.picks.is_empty());
        let size: usize =
            commands.iter().map(|(c, _)| 1 + c.op.row().operands.iter().map(|(_, o)| o.size()).sum::<usize>()).sum();
        capacity = capacity.max(HEADER_SIZE + own_bytes + size + SCRATCH_SIZE as usize);
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
    for (index, scene) in scene.animation.iter().flat_map(|animation| &animation.scenes).enumerate() {
        strings::push(&mut names, NameKind::Scene, index as u32, &scene.named.name);
    }
    Ok(Program {
        plugins,
        bytecode: bytecode::assemble(plugins, once, &blocks),
        strings: names,
        data,
        extensions,
        once: u32::from(once),
        command_capacity: u32::try_from(capacity).map_err(|_| EmitError::TooLarge)?,
        origins,
        frames: scene.frames.iter().map(|frame| frame.named.name.clone()).collect(),
    })
}

/// An operand of a command that is not encoded yet.
enum Arg {
    /// A number.
    Number(u32),
    /// A blob: pointer and length.
    Blob(usize),
    /// The first of so many equally long parts of a blob: pointer and length.
    Part(usize, u32),
    /// Bytes of the input block: pointer and length.
    Input { offset: u32, len: u32 },
}

/// Adds a pool member's number, times `stride`, to the number at byte `at` of the command: an id, or a pointer.
struct Pick {
    at: u32,
    count: u32,
    offset: u32,
    stride: u32,
}

impl Pick {
    /// Of the id at byte `at`; none where there is no pool.
    fn member(at: u32, count: u32, offset: u32) -> Option<Self> {
        (count > 1).then_some(Self { at, count, offset, stride: 1 })
    }
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

impl Command {
    /// The operands, where blobs lie at `offsets` and the input block at `inputs`.
    fn operands(&self, offsets: &[Place], inputs: u32) -> Vec<u32> {
        let mut operands = Vec::new();
        for arg in &self.args {
            match *arg {
                Arg::Number(number) => operands.push(number),
                Arg::Blob(blob) => operands.extend([offsets[blob].0, offsets[blob].1]),
                Arg::Part(blob, count) => operands.extend([offsets[blob].0, offsets[blob].1 / count]),
                Arg::Input { offset, len } => operands.extend([inputs + offset, len]),
            }
        }
        operands
    }
}

impl Encoder<'_> {
    fn command(&self, command: &Command, block: &mut Block) {
        block.command(command.op, &command.operands(self.offsets, self.inputs));
        for pick in &command.picks {
            block.patch(pick.at, pick.count, pick.offset, pick.stride);
        }
    }
}

const COUNTED: &str = "the number of resources is checked";

struct Emitter<'a> {
    scene: &'a Accepted,
    ids: Ids,
    blobs: Blobs,
    /// Slots of what runs once.
    once: BTreeMap<Step, u32>,
}

fn reference(kind: Kind, id: u32) -> Value {
    Value::Ref(kind, u16::try_from(id).expect(COUNTED))
}

impl Emitter<'_> {
    fn descriptor(&mut self, ty: Type, value: &Value) -> Arg {
        Arg::Blob(self.blobs.add(BlobKind::Descriptor, value.to_descriptor(ty)))
    }

    /// The command of a descriptor that has variants, which differ in their ids only: one for each frame in turn. Their bytes are
    /// equally long and lie side by side, so that the pointer can be moved to the frame's.
    fn with_variants(&mut self, op: Op, ty: Type, variants: &[Value], span: Option<Span>) -> Command {
        if let [one] = variants {
            return Command { op, args: vec![self.descriptor(ty, one)], picks: Vec::new(), span };
        }
        let encode = |id_len| -> Vec<Vec<u8>> { variants.iter().map(|value| value.to_padded_descriptor(ty, id_len)).collect() };
        let mut parts = encode(1);
        if parts.iter().any(|part| part.len() != parts[0].len()) {
            // Ids have at most 16 bits, so at most three bytes.
            parts = encode(3);
        }
        let (count, stride) = (parts.len() as u32, parts[0].len() as u32);
        let blob = self.blobs.add(BlobKind::Descriptor, parts.concat());
        // The pointer comes right after the opcode.
        Command { op, args: vec![Arg::Part(blob, count)], picks: vec![Pick { at: 1, count, offset: 0, stride }], span }
    }

    fn create(&mut self, op: Op, id: u32, ty: Type, value: &Value, span: Span) -> Item {
        let desc = self.descriptor(ty, value);
        Item::Command(Command { op, args: vec![Arg::Number(id), desc], picks: Vec::new(), span: Some(span) })
    }

    fn pipeline_id(&self, pipeline: PipelineId) -> u32 {
        let id = match pipeline {
            PipelineId::Render(id) => id.0,
            PipelineId::Compute(id) => self.scene.render_pipelines.len() + id.0,
        };
        id as u32
    }

    fn pipeline_ref(&self, pipeline: PipelineId) -> Value {
        reference(Kind::Pipeline, self.pipeline_id(pipeline))
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
}

fn plain(op: Op, args: Vec<Arg>, span: Option<Span>) -> Item {
    Item::Command(Command { op, args, picks: Vec::new(), span })
}

fn bare(op: Op, operands: &[u32], span: Option<Span>) -> Command {
    debug_assert!(op.row().operands.iter().all(|(_, operand)| !matches!(operand, Operand::Ptr)));
    Command { op, args: operands.iter().map(|n| Arg::Number(*n)).collect(), picks: Vec::new(), span }
}
