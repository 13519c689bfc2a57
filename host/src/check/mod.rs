//! Checks command buffers: in go bytes, out come commands that a GPU can be handed, and findings with the codes E001 to E009, E011 for videos that are
//! none, and E012.
//!
//! The checker knows what each command creates and needs, not what it looks like on a screen. What it lets through may still break a
//! rule of WebGPU; the GPU's own validation has the last word.
//!
//! `walk.rs` goes from command to command, `rules.rs` has the rules of each, in `create.rs`, `record.rs` and `queue.rs` by what it does,
//! and `shape.rs` those of descriptors.

mod create;
mod members;
mod queue;
mod record;
mod rules;
mod shape;
mod walk;

use crate::CommandView;
use pngine_format::descriptor::{Value, canvas_extent, canvas_number};
use pngine_format::limits::Budgets;
use pngine_format::op::{Kind, MAX_OPERANDS, Op};
use pngine_format::status::{ErrorCode, Plugins};
use pngine_format::texel;
use pngine_format::webgpu::{Format, Limit};
use pngine_format::word::BufferBindingType;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longest arguments of a call into a nested module, in bytes: more than the 1,000 parameters that a function can have.
pub const MAX_ARGUMENT_BYTES: usize = 16 << 10;
/// Bind groups and vertex buffers that draws are checked for: more than any device has, whatever its limits. A pipeline with more is the
/// GPU's to refuse.
const MAX_SLOTS: u32 = 64;
/// Bytes of a query in a GPU's memory. Source: docs/format.md, "Limits".
const QUERY_BYTES: u64 = 8;
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

impl TextureLimits {
    /// What `value` says of the limits for textures; what does not fit in 32 bits binds no texture.
    pub fn of(value: impl Fn(Limit) -> u64) -> Self {
        let limit = |limit| u32::try_from(value(limit)).unwrap_or(u32::MAX);
        Self {
            extent_1d: limit(Limit::MaxTextureDimension1D),
            extent_2d: limit(Limit::MaxTextureDimension2D),
            extent_3d: limit(Limit::MaxTextureDimension3D),
            layers: limit(Limit::MaxTextureArrayLayers),
        }
    }
}

impl Default for TextureLimits {
    /// What every device has.
    fn default() -> Self {
        Self::of(Limit::default)
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
    is_3d: bool,
    mip_levels: u32,
    samples: u32,
    format: Format,
    usage: u32,
}

impl Texture {
    /// Bytes in a GPU's memory on this canvas.
    fn bytes(&self, canvas: Canvas) -> u64 {
        let size = [self.width.on(canvas), self.height.on(canvas), self.depth];
        texel::memory_bytes(self.format, size, self.is_3d, self.mip_levels, self.samples)
    }

    fn follows_canvas(&self) -> bool {
        [self.width, self.height].iter().any(|extent| matches!(extent, Extent::Canvas(_)))
    }
}

/// Numbers below [`MAX_SLOTS`], a bit each; others are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slots(u64);

impl Slots {
    fn insert(&mut self, number: u32) {
        self.0 |= 1u64.checked_shl(number).unwrap_or(0);
    }

    /// The first number that is not in `other`.
    fn first_outside(self, other: Self) -> Option<u32> {
        let missing = self.0 & !other.0;
        (missing != 0).then(|| missing.trailing_zeros())
    }
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
    groups: Slots,
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
        buffers: BTreeMap<u32, BufferBindingType>,
        /// Whether it has no entries: then nothing need be bound.
        empty: bool,
        /// The pipeline that it is an automatic layout of, and the group.
        of: Option<(u16, u32)>,
    },
    PipelineLayout {
        groups: Slots,
    },
    /// How many commands it has.
    RenderBundle {
        commands: u32,
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
    budgets: Budgets,
    resources: BTreeMap<(Kind, u16), Resource>,
    memory: Memory,
}

/// What the resources take in a GPU's memory.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// Bytes of everything whose size does not change.
    fixed_bytes: u64,
    /// Textures that follow the canvas.
    canvas_textures: Vec<Texture>,
    /// Bytes of these on the canvas of the last command buffer.
    canvas_bytes: u64,
}

impl Memory {
    fn canvas_bytes(&self, canvas: Canvas) -> u64 {
        self.canvas_textures.iter().map(|texture| texture.bytes(canvas)).fold(0, u64::saturating_add)
    }

    fn bytes(&self) -> u64 {
        self.fixed_bytes.saturating_add(self.canvas_bytes)
    }

    /// Counts what was created on this canvas.
    fn add(&mut self, resource: &Resource, canvas: Canvas) {
        match resource {
            Resource::Texture(texture) if texture.follows_canvas() => {
                self.canvas_bytes = self.canvas_bytes.saturating_add(texture.bytes(canvas));
                self.canvas_textures.push(texture.clone());
            }
            Resource::Texture(texture) => self.fixed_bytes = self.fixed_bytes.saturating_add(texture.bytes(canvas)),
            Resource::Buffer { size, .. } => self.fixed_bytes = self.fixed_bytes.saturating_add(*size),
            Resource::QuerySet { count } => {
                self.fixed_bytes = self.fixed_bytes.saturating_add(u64::from(*count) * QUERY_BYTES);
            }
            Resource::TextureView { .. }
            | Resource::Pipeline(_)
            | Resource::BindGroup
            | Resource::BindGroupLayout { .. }
            | Resource::PipelineLayout { .. }
            | Resource::RenderBundle { .. }
            | Resource::Other => {}
        }
    }
}

impl Checker {
    /// For a payload that declares these plugins, and textures as large as WebGPU lets them be by default.
    pub fn new(plugins: Plugins) -> Self {
        Self::with_textures(plugins, TextureLimits::default())
    }

    /// For a payload that declares these plugins and asks for these limits.
    pub fn with_textures(plugins: Plugins, textures: TextureLimits) -> Self {
        Self { plugins, textures, budgets: Budgets::default(), resources: BTreeMap::new(), memory: Memory::default() }
    }

    /// The same with other budgets.
    #[must_use]
    pub const fn with_budgets(mut self, budgets: Budgets) -> Self {
        self.budgets = budgets;
        self
    }

    /// Checks one command buffer, and remembers what it creates. The buffer of `init` starts a new program.
    ///
    /// `canvas` is the size that was handed to `frame`, or that the canvas has during `init`. Time and memory are bounded by the
    /// budgets, whatever the bytes are.
    pub fn check<'a>(&mut self, phase: Phase, view: &CommandView<'a>, canvas: Canvas) -> Checked<'a> {
        if phase == Phase::Init {
            self.resources.clear();
            self.memory = Memory::default();
        }
        if let Err(finding) = self.resize(phase, canvas) {
            return Checked { commands: Vec::new(), findings: vec![finding], total: 0, stopped: true };
        }
        walk::walk(self, phase, view, canvas)
    }

    /// The canvas gets another size, and with it the textures that follow it. `phase` is the last one. [`Checker::check`] does the
    /// same; a host asks before it creates the textures anew.
    ///
    /// # Errors
    /// E012 if there is not enough GPU memory for them; then nothing changes.
    pub fn resize(&mut self, phase: Phase, canvas: Canvas) -> Result<(), Finding> {
        let canvas_bytes = self.memory.canvas_bytes(canvas);
        let bytes = self.memory.fixed_bytes.saturating_add(canvas_bytes);
        if bytes > self.budgets.gpu_bytes {
            let Canvas { width, height } = canvas;
            let message = format!(
                "on a canvas of {width}x{height} the scene takes {bytes} bytes of GPU memory, at most {} are allowed",
                self.budgets.gpu_bytes
            );
            return Err(Finding { code: ErrorCode::BudgetExceeded, phase, index: 0, op: None, message });
        }
        self.memory.canvas_bytes = canvas_bytes;
        Ok(())
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
