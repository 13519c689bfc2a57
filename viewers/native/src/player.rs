//! Plays a scene: runs its executor, checks what it writes, and draws it.

use crate::create::CreateError;
use crate::descriptors::Refusal;
use crate::gpu::{Gpu, WaitError};
use crate::record::{self, RecordError};
use crate::resources::{CanvasDepth, Resources};
use crate::uniforms::{UniformError, UniformInfo, Uniforms};
use pngine_format::descriptor::{Field, Value};
use pngine_format::limits::Budgets;
use pngine_format::op::{CANVAS_TEXTURE, Kind, Op, Place};
use pngine_format::payload::Payload;
use pngine_format::status::{Action, ErrorCode, INPUTS, Plugins};
use pngine_host::{
    AlphaMode, Animation, Canvas, CanvasSettings, CheckedCommand, Checker, ExtensionError, Extensions, Finding, Images,
    NestedModules, Phase, Runner, RunnerError,
};
use std::collections::BTreeSet;
use std::time::Duration;

/// Largest width and height of a canvas, in pixels. Source: WebGPU, "limits", default of `maxTextureDimension2D`.
const MAX_CANVAS: u32 = 8192;

/// Most findings that a player keeps: the same one may come with every frame.
const MAX_FINDINGS: usize = 1000;

/// What the GPU's validation says about a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuFinding {
    /// Which call wrote the command, and how many frames were emitted before.
    pub phase: Phase,
    /// Position among the commands of its buffer, from 0.
    pub index: u32,
    /// The command.
    pub op: Op,
    /// What is wrong, in one line.
    pub message: String,
}

impl std::fmt::Display for GpuFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { phase, index, op, message } = self;
        write!(f, "{message} ({phase}, command {index}, {})", op.row().name)
    }
}

/// Why a scene cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    /// The executor cannot be run, or failed.
    #[error(transparent)]
    Run(#[from] RunnerError),
    /// An extension of the payload cannot be read.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// The command buffer is wrong in a way that stops it, or a nested module or an image is. All findings of this buffer, the last
    /// of which stopped it.
    #[error("{}", .0.last().map_or_else(String::new, Finding::to_string))]
    Commands(Vec<Finding>),
    /// The GPU's validation refused commands.
    #[error("{}", .0.first().map_or_else(String::new, GpuFinding::to_string))]
    Gpu(Vec<GpuFinding>),
    /// This host cannot execute a command, or what the payload asks for.
    #[error("not supported by this host: {what}")]
    Unsupported {
        /// The command or the feature.
        what: String,
        /// The command's place, if it is one.
        at: Option<(Phase, u32, Op)>,
    },
    /// The canvas is empty or too large.
    #[error("a canvas of {width}x{height} pixels: both must be 1 to {MAX_CANVAS}")]
    Size {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The GPU has not finished what it was given within the time that it has: E013. The device is given up.
    #[error("{}: it was given {seconds} s", ErrorCode::GpuStalled.text())]
    Stalled {
        /// How long it had.
        seconds: u64,
    },
    /// The GPU was lost, or gave no pixels.
    #[error("the GPU failed: {0}")]
    Device(String),
}

/// How to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerOptions {
    /// Pixels in a row, 1 to 8192.
    pub width: u32,
    /// Rows, 1 to 8192.
    pub height: u32,
}

/// A change that an [`Experiment`] makes of the commands of a buffer.
pub type Change = Box<dyn FnMut(Phase, &mut Vec<CheckedCommand<'static>>)>;

/// How a scene is played that is not to be shown but to be looked into.
///
/// What a change makes of the commands is not checked again: it may take members out of descriptors and put others of WebGPU's in, and what
/// does not fit together then is an error of the GPU.
pub struct Experiment {
    /// Sees the commands of every buffer before they are executed, and may change them.
    pub change: Change,
    /// What the canvas keeps of a colour.
    pub canvas: CanvasDepth,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel, red, green, blue and alpha, not premultiplied; rows from top to bottom.
    pub rgba: Vec<u8>,
}

/// A scene that has been initialised on a GPU.
pub struct Player {
    gpu: Gpu,
    runner: Runner,
    checker: Checker,
    resources: Resources,
    modules: NestedModules,
    images: Images,
    settings: CanvasSettings,
    animation: Option<Animation>,
    uniforms: Uniforms,
    findings: Vec<Finding>,
    scene: Option<u16>,
    last_time: Option<f64>,
    /// What scenes read as `seed` of `frameInputs`.
    seed: u32,
    budgets: Budgets,
    change: Option<Change>,
    /// What was submitted last, until it is known to be done.
    in_flight: Option<wgpu::SubmissionIndex>,
}

impl Player {
    /// Loads a scene with its own executor, or with `executor` if one is given, and runs its `init`. A scene that asks for features
    /// or limits needs a GPU that has them: see [`Gpu::for_scene`].
    ///
    /// The canvas has eight bits a channel, whatever the payload says. Its alpha counts with `alphaMode=premultiplied`, its colours
    /// are those of Display P3 with `colorSpace=display-p3`, and `toneMapping=extended` shows nothing more: there is no colour beyond
    /// white on it.
    ///
    /// # Errors
    /// See [`PlayError`].
    pub fn new(gpu: &Gpu, payload: &Payload<'_>, executor: Option<&[u8]>, options: PlayerOptions) -> Result<Self, PlayError> {
        Self::with_budgets(gpu, payload, executor, options, Budgets::default())
    }

    /// The same with other budgets than those of [`pngine_format::limits`]: of memory, pixels, or time on the GPU.
    ///
    /// # Errors
    /// See [`PlayError`].
    pub fn with_budgets(
        gpu: &Gpu,
        payload: &Payload<'_>,
        executor: Option<&[u8]>,
        options: PlayerOptions,
        budgets: Budgets,
    ) -> Result<Self, PlayError> {
        Self::start(gpu, payload, executor, options, budgets, None)
    }

    /// The same with a change of what is executed.
    ///
    /// # Errors
    /// See [`PlayError`].
    pub fn with_experiment(
        gpu: &Gpu,
        payload: &Payload<'_>,
        executor: Option<&[u8]>,
        options: PlayerOptions,
        budgets: Budgets,
        experiment: Experiment,
    ) -> Result<Self, PlayError> {
        Self::start(gpu, payload, executor, options, budgets, Some(experiment))
    }

    fn start(
        gpu: &Gpu,
        payload: &Payload<'_>,
        executor: Option<&[u8]>,
        options: PlayerOptions,
        budgets: Budgets,
        experiment: Option<Experiment>,
    ) -> Result<Self, PlayError> {
        let canvas = canvas(options.width, options.height)?;
        let extensions = Extensions::read_within(payload, &budgets)?;
        let lacking = gpu.lacks(&extensions.device);
        if !lacking.is_empty() {
            return Err(PlayError::Unsupported { what: lacking.join(", "), at: None });
        }
        let depth = experiment.as_ref().map_or(CanvasDepth::Eight, |experiment| experiment.canvas);
        let mut player = Self {
            gpu: gpu.clone(),
            runner: Runner::new(payload, executor)?,
            checker: Checker::with_textures(Plugins(payload.plugins), extensions.device.textures()).with_budgets(budgets),
            resources: Resources::new(gpu, canvas, depth),
            modules: NestedModules::default(),
            images: Images::with_budgets(budgets),
            settings: extensions.canvas,
            animation: extensions.animation,
            uniforms: Uniforms::new(extensions.uniforms),
            findings: Vec::new(),
            scene: None,
            last_time: None,
            seed: 0,
            budgets,
            change: experiment.map(|experiment| experiment.change),
            in_flight: None,
        };
        player.runner.init()?;
        player.execute(Phase::Init)?;
        Ok(player)
    }

    /// Draws one frame. `time` is in seconds from the start of the program, whatever [`Player::animation`] says of its end: a clock
    /// that heeds it is [`Animation::clock`].
    ///
    /// # Errors
    /// See [`PlayError`]. Some of the frame may have been drawn.
    pub fn frame(&mut self, time: impl Into<f64>) -> Result<(), PlayError> {
        self.finish_last_frame()?;
        let time = time.into();
        let counter = self.runner.frame_counter()?;
        self.fill_inputs(time, counter);
        let Canvas { width, height } = self.resources.canvas.size;
        // The executor takes singles.
        self.runner.frame(time as f32, width, height)?;
        self.last_time = Some(time);
        self.write_uniforms(counter)?;
        self.execute(Phase::Frame(counter))
    }

    /// Waits until the last frame is drawn. Else frames that nobody reads, as of a scene that is run up to its picture, would pile up, and
    /// nobody could tell a GPU that has much to do from one that does not finish.
    fn finish_last_frame(&mut self) -> Result<(), PlayError> {
        let work = self.in_flight.take();
        if work.is_none() {
            return Ok(());
        }
        self.gpu.wait(work, self.time()).map_err(|error| self.failed(error))
    }

    /// How long the GPU may work on a frame.
    const fn time(&self) -> Duration {
        Duration::from_secs(self.budgets.gpu_seconds)
    }

    #[cold]
    fn failed(&self, error: WaitError) -> PlayError {
        match error {
            WaitError::Timeout => {
                self.gpu.abandon();
                PlayError::Stalled { seconds: self.budgets.gpu_seconds }
            }
            WaitError::Failed(reason) => PlayError::Device(reason),
        }
    }

    /// Draws the frame at another time: no time has passed since the last one.
    ///
    /// # Errors
    /// As for [`Player::frame`].
    pub fn seek(&mut self, time: impl Into<f64>) -> Result<(), PlayError> {
        self.last_time = None;
        self.frame(time)
    }

    /// The timeline, if the program has one: its scenes, its duration, and what a clock does at its end.
    pub const fn animation(&self) -> Option<&Animation> {
        self.animation.as_ref()
    }

    /// How the canvas is configured: what the colours of [`Player::read_pixels`] mean.
    pub const fn canvas_settings(&self) -> CanvasSettings {
        self.settings
    }

    /// The uniforms that can be set by name.
    pub fn uniforms(&self) -> Vec<UniformInfo> {
        self.uniforms.list()
    }

    /// Sets a uniform: `field`, `variable.field` or `module.variable.field`. It is written in front of the next frame's commands,
    /// once. Numbers are converted to the uniform's type, matrices are given column by column; of an array, the first elements alone may
    /// be given.
    ///
    /// # Errors
    /// See [`UniformError`].
    pub fn set_uniform(&mut self, name: &str, numbers: &[f64]) -> Result<(), UniformError> {
        self.uniforms.set(name, numbers)
    }

    /// The numbers that a uniform has in the next frame: those that were set, or else those that the scene begins with; of one that the
    /// player writes itself, those of the last frame. What the scene's own frames write is not seen here.
    ///
    /// # Errors
    /// If there is no such uniform, or there are several.
    pub fn uniform(&self, name: &str) -> Result<Vec<f64>, UniformError> {
        self.uniforms.get(name)
    }

    /// Writes the uniforms that were set, and those that follow an input.
    fn write_uniforms(&mut self, counter: u32) -> Result<(), PlayError> {
        let Self { gpu, runner, resources, uniforms, .. } = self;
        let writes = uniforms.take(runner.inputs());
        let (result, errors) = gpu.scoped(|| {
            for (buffer, offset, bytes) in writes {
                let id = buffer;
                let Ok(buffer) = resources.buffer(id) else { return Err(format!("there is no buffer {id} for the uniforms")) };
                let end = u64::from(offset) + bytes.len() as u64;
                if end > buffer.size() {
                    return Err(format!("a uniform lies at byte {offset} of a buffer of {} bytes", buffer.size()));
                }
                gpu.queue.write_buffer(buffer, u64::from(offset), &bytes);
            }
            Ok(())
        });
        let message = result.err().or(errors.into_iter().next());
        let at = At { phase: Phase::Frame(counter), index: 0, op: Op::WriteBuffer };
        message.map_or(Ok(()), |message| Err(PlayError::Gpu(vec![at.finding(message)])))
    }

    /// Sets what scenes read as `seed` of `frameInputs` from the next frame on; 0 until then.
    pub const fn set_seed(&mut self, seed: u32) {
        self.seed = seed;
    }

    /// What the host knows of a frame: the time since the last one (0 for the first, and when time goes back), its number, and the seed.
    fn fill_inputs(&mut self, time: f64, counter: u32) {
        let delta = self.last_time.map_or(0.0, |last| (time - last).max(0.0)) as f32;
        let words = [delta.to_bits(), counter, self.seed, 1.0f32.to_bits()];
        let source = INPUTS.iter().find(|source| source.name == "frameInputs");
        let block = source.and_then(|source| self.runner.inputs_mut().get_mut(source.offset as usize..));
        for (slot, word) in block.unwrap_or_default().chunks_exact_mut(4).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
    }

    /// Gives the canvas another size. Textures that follow it start anew, empty.
    ///
    /// # Errors
    /// [`PlayError::Size`], E012 if the textures would take more memory than the budgets allow, or what the GPU says about them.
    pub fn resize(&mut self, width: u32, height: u32) -> Result<(), PlayError> {
        let canvas = canvas(width, height)?;
        self.checker.resize(Phase::Init, canvas).map_err(stopped)?;
        self.resources.resize(&self.gpu, canvas).map_err(|(index, op, error)| {
            let at = At { phase: Phase::Init, index, op };
            match error {
                CreateError::Refused(refusal) => at.refused(refusal),
                CreateError::Device(message) => PlayError::Gpu(vec![at.finding(message)]),
            }
        })
    }

    /// What the checks found so far that did not stop anything: skipped commands and warnings, the first thousand.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The scene of the timeline that the last frame showed, if the program has a timeline.
    pub const fn scene(&self) -> Option<u16> {
        self.scene
    }

    /// The executor: to choose a frame, to set the frame counter, or to fill inputs.
    pub const fn runner(&mut self) -> &mut Runner {
        &mut self.runner
    }

    /// The size of the canvas.
    pub const fn size(&self) -> Canvas {
        self.resources.canvas.size
    }

    /// Checks the command buffer that the executor has just written, and executes it.
    fn execute(&mut self, phase: Phase) -> Result<(), PlayError> {
        let Self { gpu, runner, checker, resources, modules, images, findings, scene, in_flight, change, .. } = self;
        let inputs = runner.inputs().to_vec();
        modules.begin(phase);
        images.begin(phase);
        let view = runner.command_buffer()?;
        let checked = checker.check(phase, &view, resources.canvas.size);
        if checked.stopped() {
            return Err(PlayError::Commands(checked.findings().to_vec()));
        }
        let room = MAX_FINDINGS.saturating_sub(findings.len());
        findings.extend(checked.findings().iter().take(room).cloned());
        let mut execution = Execution {
            gpu,
            resources,
            modules,
            images,
            inputs: &inputs,
            scene,
            phase,
            broken: BTreeSet::new(),
            skipped: Vec::new(),
            findings: Vec::new(),
            submitted: None,
        };
        let result = match change {
            None => execution.commands(checked.commands()),
            Some(change) => {
                let mut commands = checked.commands().iter().cloned().map(CheckedCommand::into_owned).collect();
                change(phase, &mut commands);
                execution.commands(&commands)
            }
        };
        *in_flight = execution.submitted.take().or(in_flight.take());
        let room = MAX_FINDINGS.saturating_sub(findings.len());
        findings.extend(execution.skipped.drain(..).take(room));
        if execution.findings.is_empty() {
            return result;
        }
        // What was found before a refusal is the likelier cause.
        if let Err(PlayError::Gpu(more)) = result {
            execution.findings.extend(more);
        }
        Err(PlayError::Gpu(execution.findings))
    }

    /// Waits until everything submitted is drawn.
    ///
    /// # Errors
    /// [`PlayError::Device`], and [`PlayError::Stalled`] if the GPU does not finish.
    pub fn wait(&self) -> Result<(), PlayError> {
        self.gpu.wait(None, self.time()).map_err(|error| self.failed(error))
    }

    /// The picture on the canvas, once everything submitted is drawn.
    ///
    /// # Errors
    /// [`PlayError::Device`], and [`PlayError::Stalled`] if the GPU does not finish.
    pub fn read_pixels(&self) -> Result<Image, PlayError> {
        let Canvas { width, height } = self.resources.canvas.size;
        let mut rgba: Vec<u8> = match self.resources.canvas.depth {
            CanvasDepth::Eight => self.read_bytes()?,
            CanvasDepth::Half => {
                // As a canvas of eight bits keeps it; what is no number is 0 there.
                self.read_colors()?.as_flattened().iter().map(|x| (x.clamp(0.0, 1.0) * 255.0).round() as u8).collect()
            }
        };
        for pixel in rgba.as_chunks_mut::<4>().0 {
            straighten(pixel, self.settings.alpha);
        }
        Ok(Image { width, height, rgba })
    }

    /// What the canvas holds, once everything submitted is drawn: red, green, blue and alpha as they are, rows from top to bottom.
    ///
    /// # Errors
    /// As for [`Player::read_pixels`].
    pub fn read_colors(&self) -> Result<Vec<[f32; 4]>, PlayError> {
        let bytes = self.read_bytes()?;
        Ok(match self.resources.canvas.depth {
            CanvasDepth::Eight => bytes.as_chunks::<4>().0.iter().map(|pixel| pixel.map(|x| f32::from(x) / 255.0)).collect(),
            CanvasDepth::Half => {
                let half = |pair: [u8; 2]| from_half(u16::from_le_bytes(pair));
                let pixels = bytes.as_chunks::<8>().0.iter();
                pixels.map(|[a, b, c, d, e, f, g, h]| [[*a, *b], [*c, *d], [*e, *f], [*g, *h]].map(half)).collect()
            }
        })
    }

    /// The bytes of the canvas, without what fills up rows.
    fn read_bytes(&self) -> Result<Vec<u8>, PlayError> {
        let Canvas { width, height } = self.resources.canvas.size;
        // A canvas has at most 8192 pixels a row.
        let row = match self.resources.canvas.depth {
            CanvasDepth::Eight => width * 4,
            CanvasDepth::Half => width * 8,
        };
        let pitch = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let device = &self.gpu.device;
        let (buffer, errors) = self.gpu.scoped(|| {
            let buffer = device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("pixels"),
                size: u64::from(pitch) * u64::from(height),
                usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
                mapped_at_creation: false,
            });
            let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            encoder.copy_texture_to_buffer(
                self.resources.canvas.texture.as_image_copy(),
                wgpu::TexelCopyBufferInfo {
                    buffer: &buffer,
                    layout: wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(pitch), rows_per_image: None },
                },
                wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            );
            self.gpu.queue.submit([encoder.finish()]);
            // Whether it worked shows when the range is asked for.
            buffer.map_async(wgpu::MapMode::Read, .., |_| {});
            buffer
        });
        if let Some(error) = errors.into_iter().next() {
            return Err(PlayError::Device(error));
        }
        self.wait()?;
        let mapped = buffer.slice(..).get_mapped_range().map_err(|error| PlayError::Device(error.to_string()))?;
        Ok(mapped.chunks(pitch as usize).filter_map(|padded| padded.get(..row as usize)).flatten().copied().collect())
    }
}

/// A half as a single, which holds every half. Source: IEEE 754-2008, binary16.
fn from_half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1F), u32::from(bits & 0x3FF));
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()),
        31 => f32::from_bits(sign | 0x7F80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// From what a canvas holds to what a PNG holds.
fn straighten(pixel: &mut [u8; 4], alpha: AlphaMode) {
    let [color @ .., a] = pixel;
    match alpha {
        AlphaMode::Opaque => *a = 255,
        AlphaMode::Premultiplied => {
            for channel in color {
                let value = u32::from(*channel) * 255 + u32::from(*a) / 2;
                *channel = value.checked_div(u32::from(*a)).map_or(0, |value| value.min(255) as u8);
            }
        }
    }
}

fn canvas(width: u32, height: u32) -> Result<Canvas, PlayError> {
    if (1..=MAX_CANVAS).contains(&width) && (1..=MAX_CANVAS).contains(&height) {
        Ok(Canvas { width, height })
    } else {
        Err(PlayError::Size { width, height })
    }
}

/// A command's place, for reports.
#[derive(Clone, Copy)]
struct At {
    phase: Phase,
    index: u32,
    op: Op,
}

impl At {
    fn finding(self, message: String) -> GpuFinding {
        GpuFinding { phase: self.phase, index: self.index, op: self.op, message }
    }

    fn refused(self, refusal: Refusal) -> PlayError {
        let at = Some((self.phase, self.index, self.op));
        match refusal {
            Refusal::Unsupported(what) => PlayError::Unsupported { what, at },
            Refusal::Invalid(message) => PlayError::Gpu(vec![self.finding(message)]),
            Refusal::Broken => PlayError::Gpu(vec![self.finding("it needs something that does not exist".to_owned())]),
        }
    }
}

#[cold]
fn stopped(finding: Finding) -> PlayError {
    PlayError::Commands(vec![finding])
}

/// The refusal of a command about a video, which is named by its id and its type.
#[cold]
fn video(command: &CheckedCommand<'_>) -> Refusal {
    let id = command.refs.iter().copied().chain(command.creates).find(|(kind, _)| *kind == Kind::Video);
    let id = id.map_or_else(String::new, |(_, id)| format!(" {id}"));
    let mime = match command.descriptor.get(Field::Mime) {
        Some(Value::Str(mime)) => format!(", {mime}"),
        _ => String::new(),
    };
    Refusal::Unsupported(format!("videos (video{id}{mime})"))
}

/// The execution of one command buffer.
struct Execution<'p> {
    gpu: &'p Gpu,
    resources: &'p mut Resources,
    modules: &'p mut NestedModules,
    images: &'p mut Images,
    /// The input block.
    inputs: &'p [u8],
    scene: &'p mut Option<u16>,
    phase: Phase,
    /// What could not be created. That was reported; what depends on it is left out in silence.
    broken: BTreeSet<(Kind, u16)>,
    /// Commands that were left out because of what the host found in modules and images.
    skipped: Vec<Finding>,
    findings: Vec<GpuFinding>,
    /// What was submitted last.
    submitted: Option<wgpu::SubmissionIndex>,
}

impl Execution<'_> {
    fn place(&self, command: &CheckedCommand<'_>) -> At {
        At { phase: self.phase, index: command.index, op: command.op }
    }

    fn commands(&mut self, commands: &[CheckedCommand<'_>]) -> Result<(), PlayError> {
        if commands.iter().any(|command| command.creates.is_none() && command.refs.contains(&(Kind::Texture, CANVAS_TEXTURE))) {
            self.clear_canvas()?;
        }
        // Before anything that only a video needs, such as a shader with an external texture, is found to be wrong.
        if let Some(command) = commands.iter().find(|command| command.op == Op::LoadVideo) {
            return Err(self.place(command).refused(video(command)));
        }
        let mut waiting: Vec<&CheckedCommand<'_>> = Vec::new();
        for command in commands {
            let row = command.op.row();
            match command.op {
                Op::InitWasmModule => {
                    self.modules.execute(command, self.inputs).map_err(stopped)?;
                    continue;
                }
                Op::LoadImage => {
                    self.images.execute(command).map_err(stopped)?;
                    continue;
                }
                _ => {}
            }
            if command.creates.is_some() || row.place == Place::Init {
                self.create(command)?;
                continue;
            }
            match command.op {
                Op::WriteBuffer | Op::WriteTexture => self.write(command)?,
                Op::SetScene => *self.scene = command.operands.first().map(|scene| *scene as u16),
                Op::CallWasmFunc => self.modules.execute(command, self.inputs).map_err(stopped)?,
                Op::WriteFromWasm => self.write_from_module(command)?,
                Op::CopyExternalImage => self.copy_image(command)?,
                Op::BindVideoFrame => return Err(self.place(command).refused(video(command))),
                Op::Submit => self.submit(&std::mem::take(&mut waiting), command)?,
                Op::End => break,
                _ => waiting.push(command),
            }
        }
        Ok(())
    }

    fn is_broken(&self, command: &CheckedCommand<'_>) -> bool {
        command.refs.iter().any(|key| self.broken.contains(key))
    }

    fn create(&mut self, command: &CheckedCommand<'_>) -> Result<(), PlayError> {
        let at = self.place(command);
        if self.is_broken(command) {
            self.broken.extend(command.creates);
            return Ok(());
        }
        match self.resources.create(self.gpu, command) {
            Ok(()) => return Ok(()),
            Err(CreateError::Device(message) | CreateError::Refused(Refusal::Invalid(message))) => {
                self.findings.push(at.finding(message));
            }
            Err(CreateError::Refused(refusal)) => return Err(at.refused(refusal)),
        }
        self.broken.extend(command.creates);
        Ok(())
    }

    fn write(&mut self, command: &CheckedCommand<'_>) -> Result<(), PlayError> {
        let at = self.place(command);
        if self.is_broken(command) {
            return Ok(());
        }
        let queue = &self.gpu.queue;
        let (result, errors) = self.gpu.scoped(|| match command.op {
            Op::WriteTexture => record::write_texture(queue, self.resources, command),
            _ => {
                let [id, offset, ..] = command.operands;
                // The operand has two bytes.
                let buffer = self.resources.buffer(id as u16)?;
                queue.write_buffer(buffer, u64::from(offset), &command.bytes[0]);
                Ok(())
            }
        });
        self.findings.extend(errors.into_iter().next().map(|message| at.finding(message)));
        result.map_err(|refusal| at.refused(refusal))
    }

    fn write_from_module(&mut self, command: &CheckedCommand<'_>) -> Result<(), PlayError> {
        let at = self.place(command);
        if self.is_broken(command) {
            return Ok(());
        }
        let bytes = self.modules.bytes(command).map_err(stopped)?;
        let [_, id, offset, ..] = command.operands;
        let (result, errors) = self.gpu.scoped(|| {
            // The operand has two bytes.
            let buffer = self.resources.buffer(id as u16)?;
            // What fits is written, as by WRITE_BUFFER.
            let room = usize::try_from(buffer.size().saturating_sub(u64::from(offset))).unwrap_or(usize::MAX);
            self.gpu.queue.write_buffer(buffer, u64::from(offset), bytes.get(..room).unwrap_or(bytes));
            Ok(())
        });
        self.findings.extend(errors.into_iter().next().map(|message| at.finding(message)));
        result.map_err(|refusal| at.refused(refusal))
    }

    fn copy_image(&mut self, command: &CheckedCommand<'_>) -> Result<(), PlayError> {
        let at = self.place(command);
        if self.is_broken(command) {
            return Ok(());
        }
        let region = match self.images.region(command, self.resources.canvas.size) {
            Ok(Some(region)) => region,
            Ok(None) => return Err(at.refused(video(command))),
            Err(finding) => match finding.code.action() {
                Action::Stop => return Err(stopped(finding)),
                Action::Skip | Action::Warn => {
                    self.skipped.push(finding);
                    return Ok(());
                }
            },
        };
        let (result, errors) = self.gpu.scoped(|| record::write_image(&self.gpu.queue, self.resources, command, region));
        self.findings.extend(errors.into_iter().next().map(|message| at.finding(message)));
        result.map_err(|refusal| at.refused(refusal))
    }

    /// Records what waited for this SUBMIT, and submits it. Where the device objects, the shortest recording that it objects to
    /// tells which command is at fault.
    fn submit(&mut self, waiting: &[&CheckedCommand<'_>], submit: &CheckedCommand<'_>) -> Result<(), PlayError> {
        if waiting.iter().any(|command| self.is_broken(command)) {
            return Ok(());
        }
        let (buffer, errors) = self.record(waiting)?;
        let Some(error) = errors.into_iter().next() else {
            let (work, errors) = self.gpu.scoped(|| self.gpu.queue.submit(buffer));
            self.submitted = Some(work);
            let at = self.place(submit);
            self.findings.extend(errors.into_iter().next().map(|message| at.finding(message)));
            return Ok(());
        };
        let (mut sound, mut wrong, mut message) = (0, waiting.len(), error);
        while wrong - sound > 1 {
            let middle = sound + (wrong - sound) / 2;
            match self.record(waiting.get(..middle).unwrap_or(waiting))?.1.into_iter().next() {
                None => sound = middle,
                Some(error) => (wrong, message) = (middle, error),
            }
        }
        let at = self.place(waiting.get(sound).copied().unwrap_or(submit));
        self.findings.push(at.finding(message));
        Ok(())
    }

    fn record(&self, commands: &[&CheckedCommand<'_>]) -> Result<(Option<wgpu::CommandBuffer>, Vec<String>), PlayError> {
        let (result, errors) = self.gpu.scoped(|| {
            let mut encoder = self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            record::record(&mut encoder, self.resources, commands)?;
            Ok(encoder.finish())
        });
        match result {
            Ok(buffer) => Ok((Some(buffer), errors)),
            Err(RecordError { at, refusal }) => match commands.get(at) {
                Some(command) => Err(self.place(command).refused(refusal)),
                None => Err(PlayError::Device("a command is missing".to_owned())),
            },
        }
    }

    /// A browser hands out a fresh canvas texture, transparent black, for every frame that asks for one.
    fn clear_canvas(&mut self) -> Result<(), PlayError> {
        let (_, errors) = self.gpu.scoped(|| {
            let mut encoder = self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            let _ = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: None,
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &self.resources.canvas.view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT), store: wgpu::StoreOp::Store },
                })],
                depth_stencil_attachment: None,
                timestamp_writes: None,
                occlusion_query_set: None,
                multiview_mask: None,
            });
            self.gpu.queue.submit([encoder.finish()]);
        });
        match errors.into_iter().next() {
            Some(error) => Err(PlayError::Device(error)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::from_half;

    #[test]
    fn halves_are_read() {
        let cases =
            [(0x0000, 0.0), (0x3C00, 1.0), (0xC000, -2.0), (0x7BFF, 65504.0), (0x0001, 5.960_464_5e-8), (0x3555, 0.333_251_95)];
        for (bits, number) in cases {
            assert_eq!(from_half(bits), number, "{bits:#x}");
        }
        assert!(from_half(0x7E00).is_nan() && from_half(0xFC00) == f32::NEG_INFINITY);
    }
}
