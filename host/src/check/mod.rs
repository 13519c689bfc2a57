//! Checks command buffers: in go bytes, out come commands that a GPU can be handed, and findings with the codes E001 to E009.
//!
//! The checker knows what each command creates and needs, not what it looks like on a screen. What it lets through may still break a
//! rule of WebGPU; the GPU's own validation has the last word.
//!
//! `walk.rs` goes from command to command, `rules.rs` has the rules of each, `shape.rs` those of descriptors.

mod rules;
mod shape;
mod walk;

use crate::CommandView;
use pngine_format::descriptor::{Value, canvas_extent, canvas_number};
use pngine_format::op::{Kind, MAX_OPERANDS, Op};
use pngine_format::status::{ErrorCode, Plugins};
use pngine_format::word::Word;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Largest descriptor that is decoded, in bytes.
pub const MAX_DESCRIPTOR_BYTES: usize = 1 << 20;
/// Largest sum of all descriptors of one command buffer, in bytes. Decoded, they take up to forty times as much.
pub const MAX_DESCRIPTORS_BYTES: usize = 4 << 20;
/// Largest sum of all shader and label texts of one command buffer, in bytes.
pub const MAX_TEXT_BYTES: usize = 16 << 20;
/// Largest sum of all that the commands of one buffer write, in bytes, the same bytes counted each time: a second or two of copying.
/// What they point to lies in the executor's memory, and is bounded by it.
pub const MAX_WRITTEN_BYTES: u64 = 8 << 30;
/// Largest sum of all that the commands of one buffer decode and compile, images and nested modules, in bytes: four times the largest
/// payload, as several images may share their bytes.
pub const MAX_LOADED_BYTES: u64 = 256 << 20;
/// Longest arguments of a call into a nested module, in bytes: more than the 1,000 parameters that a function can have.
pub const MAX_ARGUMENT_BYTES: usize = 16 << 10;
/// Most findings that are kept for one command buffer.
pub const MAX_FINDINGS: usize = 100;

/// How large textures may be, in texels and layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextureLimits {
    /// Width of a 1D texture.
    pub extent_1d: u32,
    /// Width and height of a 2D texture.
    pub extent_2d: u32,
    /// Width, height and depth of a 3D texture.
    pub extent_3d: u32,
    /// Layers of a 2D texture.
    pub layers: u32,
}

impl Default for TextureLimits {
    /// Source: WebGPU, "limits", defaults of `maxTextureDimension1D`, `maxTextureDimension2D`, `maxTextureDimension3D` and
    /// `maxTextureArrayLayers`.
    fn default() -> Self {
        Self { extent_1d: 8192, extent_2d: 8192, extent_3d: 2048, layers: 256 }
    }
}

/// Which call wrote a command buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// `init`.
    Init,
    /// `frame`: how many frames were emitted before it.
    Frame(u32),
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Phase::Init => write!(f, "init"),
            Phase::Frame(frame) => write!(f, "frame {frame}"),
        }
    }
}

/// The size of the canvas in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// What is wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The code; what a host does about it is [`ErrorCode::action`].
    pub code: ErrorCode,
    /// Which call wrote the command.
    pub phase: Phase,
    /// Position among the commands of the buffer, from 0.
    pub index: u32,
    /// The command; `None` where it could not be read.
    pub op: Option<Op>,
    /// One line, without a final dot.
    pub message: String,
}

impl Finding {
    /// The code as it is printed: `E001`.
    pub fn code_text(&self) -> String {
        format!("E{:03}", self.code as u8)
    }

    /// The command's name, or `?` where it could not be read.
    pub fn op_name(&self) -> &'static str {
        self.op.map_or("?", |op| op.row().name)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { phase, index, message, .. } = self;
        write!(f, "{} {}: {message} ({phase}, command {index}, {})", self.code_text(), self.code.text(), self.op_name())
    }
}

/// A command that has passed all checks. Only a [`Checker`] makes one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CheckedCommand<'a> {
    /// Position among the commands of its buffer, from 0; inside a render bundle, of the command that creates the bundle.
    pub index: u32,
    /// The opcode.
    pub op: Op,
    /// The operands, widened to 32 bits (signed numbers and singles by their bits); those beyond the row's are 0. Of a pointer and
    /// length use `bytes` or `descriptor` instead.
    pub operands: [u32; MAX_OPERANDS],
    /// What the first and the second pair of pointer and length of the row point to; of WRITE_BUFFER what fits into the buffer.
    pub bytes: [Cow<'a, [u8]>; 2],
    /// The decoded descriptor, of the type that the command asks for and with all members it must have. `Null` where the command
    /// has none.
    pub descriptor: Value,
    /// The commands of the bundle that CREATE_RENDER_BUNDLE creates.
    pub bundle: Vec<CheckedCommand<'a>>,
    /// What it creates.
    pub creates: Option<(Kind, u16)>,
    /// What it refers to, in operands, descriptors and bundles. A default view stands here as its texture.
    pub refs: Vec<(Kind, u16)>,
}

impl CheckedCommand<'_> {
    /// The first pair of pointer and length as text: WGSL, a label or a name. Empty where there is none.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[0]).unwrap_or_default()
    }

    /// The same command with its own copy of the bytes: for a host that has to execute it again.
    pub fn into_owned(self) -> CheckedCommand<'static> {
        CheckedCommand {
            index: self.index,
            op: self.op,
            operands: self.operands,
            bytes: self.bytes.map(|bytes| Cow::Owned(bytes.into_owned())),
            descriptor: self.descriptor,
            bundle: self.bundle.into_iter().map(CheckedCommand::into_owned).collect(),
            creates: self.creates,
            refs: self.refs,
        }
    }
}

/// The commands of one buffer that a host executes, and what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<'a> {
    commands: Vec<CheckedCommand<'a>>,
    findings: Vec<Finding>,
    total: u32,
    stopped: bool,
}

impl<'a> Checked<'a> {
    /// The commands to execute, in order. Commands that a finding skips are left out, and so is all that follows a finding that
    /// stops.
    pub fn commands(&self) -> &[CheckedCommand<'a>] {
        &self.commands
    }

    /// What was found, in order; at most [`MAX_FINDINGS`].
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many commands the buffer holds, as its header says.
    pub const fn total(&self) -> u32 {
        self.total
    }

    /// Whether a finding stopped the buffer. Then nothing more of it may be executed.
    pub const fn stopped(&self) -> bool {
        self.stopped
    }
}

/// An extent of a texture.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Extent {
    Fixed(u32),
    Canvas([f32; 3]),
}

impl Extent {
    fn on(self, canvas: Canvas) -> u32 {
        match self {
            Extent::Fixed(texels) => texels,
            Extent::Canvas(coefficients) => canvas_extent(coefficients, canvas.width, canvas.height),
        }
    }
}

/// What the checker remembers of a texture.
#[derive(Clone, Debug)]
struct Texture {
    width: Extent,
    height: Extent,
    depth: u32,
    format: Word,
    usage: u32,
}

/// What a pipeline reads from a vertex buffer.
#[derive(Clone, Copy, Debug)]
struct VertexSlot {
    stride: u64,
    /// Bytes of one element up to the end of its last attribute.
    last: u64,
    per_instance: bool,
}

/// What a draw or a dispatch with a pipeline needs.
#[derive(Clone, Debug, Default)]
struct Pipeline {
    compute: bool,
    /// Bind groups that must be set, as far as known: those of an explicit layout, or those whose layout was taken from it.
    groups: BTreeSet<u32>,
    slots: Vec<Option<VertexSlot>>,
}

/// What was created, by kind and id.
#[derive(Clone, Debug)]
enum Resource {
    Buffer {
        size: u64,
        usage: u32,
    },
    Texture(Texture),
    TextureView {
        texture: u16,
    },
    Pipeline(Pipeline),
    BindGroup,
    /// The types of its buffers, by binding; none for the layout of a pipeline.
    BindGroupLayout {
        buffers: BTreeMap<u32, Word>,
        /// Whether it has no entries: then nothing need be bound.
        empty: bool,
    },
    PipelineLayout {
        groups: BTreeSet<u32>,
    },
    QuerySet {
        count: u32,
    },
    Other,
}

/// Checks the command buffers of one run of a program: first that of `init`, then those of its frames.
#[derive(Clone, Debug)]
pub struct Checker {
    plugins: Plugins,
    textures: TextureLimits,
    resources: BTreeMap<(Kind, u16), Resource>,
}

impl Checker {
    /// For a payload that declares these plugins, and textures as large as WebGPU lets them be by default.
    pub fn new(plugins: Plugins) -> Self {
        Self::with_textures(plugins, TextureLimits::default())
    }

    /// For a payload that declares these plugins and asks for these limits.
    pub const fn with_textures(plugins: Plugins, textures: TextureLimits) -> Self {
        Self { plugins, textures, resources: BTreeMap::new() }
    }

    /// Checks one command buffer, and remembers what it creates. The buffer of `init` starts a new program.
    ///
    /// `canvas` is the size that was handed to `frame`, or that the canvas has during `init`. Time and memory are bounded by the
    /// limits of this module, whatever the bytes are.
    pub fn check<'a>(&mut self, phase: Phase, view: &CommandView<'a>, canvas: Canvas) -> Checked<'a> {
        if phase == Phase::Init {
            self.resources.clear();
        }
        walk::walk(self, phase, view, canvas)
    }
}

/// The number that a member of a descriptor of type 15 stands for on a canvas; `None` for anything but a number.
pub fn region_number(value: Option<&Value>, canvas: Canvas) -> Option<f64> {
    match value? {
        Value::Uint(n) => Some(f64::from(*n)),
        Value::Int(n) => Some(f64::from(*n)),
        Value::F32(x) => Some(f64::from(*x)),
        Value::F64(x) => Some(*x),
        Value::Canvas(coefficients) => Some(f64::from(canvas_extent(*coefficients, canvas.width, canvas.height))),
        Value::CanvasNumber(coefficients) => Some(canvas_number(*coefficients, canvas.width, canvas.height)),
        Value::Bool(_)
        | Value::Word(_)
        | Value::Str(_)
        | Value::Object(_)
        | Value::Array(_)
        | Value::Ref(..)
        | Value::Null
        | Value::Record(_)
        | Value::Bytes(_)
        | Value::F32Array(_) => None,
    }
}

/// An extent or an origin of a copy on a canvas: up to three numbers, `default` where there are fewer.
pub fn copy_extent(value: Option<&Value>, default: u32, canvas: Canvas) -> [u32; 3] {
    let mut out = [default; 3];
    for (slot, value) in out.iter_mut().zip(value.map_or(&[][..], Value::elements)) {
        *slot = match value {
            Value::Uint(n) => *n,
            Value::Canvas(coefficients) => Extent::Canvas(*coefficients).on(canvas),
            _ => default,
        };
    }
    out
}
